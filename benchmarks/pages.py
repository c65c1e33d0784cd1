"""What a page costs, asked for in this process: the view with its queries and its template, without the network."""

import statistics
import time
from typing import Any


def measure(client: Any, address: str, times: int) -> dict[str, Any]:
    """Milliseconds of so many requests after one to warm up (`median`, `p95`, `worst`), those of each that this process
    computed (what a busy machine does not change), and the statements of one."""
    from django.db import connection  # noqa: PLC0415 - settings are read from the installation's environment
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above
    from tests.support.queries import statements  # noqa: PLC0415 - as above

    answer = client.get(address, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)  # noqa: S101 - a benchmark of errors is none
    address = answer.request["PATH_INFO"] + (f"?{found}" if (found := answer.request["QUERY_STRING"]) else "")
    taken = []
    computing = time.process_time()
    for _time in range(times):
        began = time.perf_counter()
        client.get(address)
        taken.append((time.perf_counter() - began) * 1000)
    computing = (time.process_time() - computing) * 1000 / times
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    asked = sum(each not in {"BEGIN", "COMMIT"} for each in statements(queries))
    p95 = sorted(taken)[max(0, round(0.95 * times) - 1)]
    found_times = {"median": statistics.median(taken), "p95": p95, "worst": max(taken)}
    return {**found_times, "computing": computing, "queries": asked}


def table(results: dict[str, dict[str, Any]], worst: str) -> str:
    """As Markdown; `worst` is what counts beside the median: "p95" or "worst"."""
    named = {"p95": "p95 ms", "worst": "slowest ms"}[worst]
    lines = [f"| page | median ms | {named} | of it computing | statements |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {it['median']:.0f} | {it[worst]:.0f} | {it['computing']:.0f} | {it['queries']} |"
        for name, it in results.items()
    ]
    return "\n".join(lines)
