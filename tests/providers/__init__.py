import pytest

# Without this a failed assertion of the contract would not show its values.
pytest.register_assert_rewrite("tests.workbench", "tests.contract", "tests.contract_troubles")
