"""schemathesis with its checks over every operation, the application in this process.

All checks but one: what is refused with 400 or 422 although the schema takes it (a cursor that is not ours, words
without a letter, an address that points nowhere) is tested by hand in ``tests/v1/test_http.py``.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

PLAIN = {"Accept-Encoding": "identity"}  # the transport without a server unpacks nothing
pytestmark = pytest.mark.filterwarnings("default")


def test_every_operation_keeps_its_word(app):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    failures = []
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=5,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def keeps_its_word(case):
            case.call_and_validate(headers=PLAIN, excluded_checks=[positive_data_acceptance])

        try:
            keeps_its_word()
        except (
            Exception,
            BaseExceptionGroup,
        ) as error:  # every operation's failures, not the first one's alone
            failures.append(f"{operation.label}: {error}")
    assert not failures, "\n".join(failures)
