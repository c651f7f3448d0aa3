"""`make fuzz`: made inputs, each from a seed and a number, and the laws that hold for all of them."""
