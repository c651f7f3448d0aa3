"""What the tests need around the compiler: real Prometheus binaries, goldens, CLI scenarios."""
