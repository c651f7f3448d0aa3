"""The pictures of the documentation show the examples as they are."""

from support.compile import EXAMPLES, compile_files
from support.pictures import DIGEST, digest


def test_pictures_are_of_the_examples_as_they_are() -> None:
    taken = DIGEST.read_text(encoding="utf-8").strip()
    assert digest(compile_files(*EXAMPLES)) == taken, "an example means something else: run `make pictures`"
