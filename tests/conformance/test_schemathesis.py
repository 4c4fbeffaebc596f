"""schemathesis with all its checks over every operation, the application in this process.

A request that its schema takes may be refused all the same: a cursor that is not ours, words without a letter, an
address that points nowhere, a missing key. Which, is tested by hand in ``tests/v1/test_http.py``.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

REFUSALS = ["2xx", "3xx", "400", "401", "403", "404", "409", "412", "413", "422", "428"]
CONFIG = schemathesis.Config.from_dict(
    {"checks": {"positive_data_acceptance": {"expected-statuses": REFUSALS}}}
)
PLAIN = {"Accept-Encoding": "identity"}  # the transport without a server unpacks nothing
pytestmark = pytest.mark.filterwarnings("default")


def test_every_operation_keeps_its_word(app):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=CONFIG)
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
            case.call_and_validate(headers=PLAIN)

        try:
            keeps_its_word()
        except (
            Exception,
            BaseExceptionGroup,
        ) as error:  # every operation's failures, not the first one's alone
            failures.append(f"{operation.label}: {error}")
    assert not failures, "\n".join(failures)
