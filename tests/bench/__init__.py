"""What `uni` costs, measured against what a user would use instead. `python -m tests.bench` prints every table."""
