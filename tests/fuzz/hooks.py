"""What generated requests leave alone, and what no answer may be. Loaded by schemathesis: see schemathesis.toml."""

import os

import schemathesis

# The key that the requests are made with; without it every answer would be 401.
OWN_KEY = os.environ.get("FUZZ_KEY_ID", "")
# The statuses beyond 499 that are answers and not faults: somebody else refused, or did not answer.
OTHERS = {(502, "whatsapp_refused"), (502, "link_failed"), (503, "whatsapp_away")}


@schemathesis.hook
def filter_case(context, case):
    """Leaves out what would end the run: revoking its key, switching its modules off."""
    operation = f"{case.method.upper()} {case.path}"
    if operation == "DELETE /api-keys/{api_key_id}":
        return (case.path_parameters or {}).get("api_key_id") != OWN_KEY
    if operation == "PUT /modules/{module}":
        return not (isinstance(case.body, dict) and case.body.get("enabled") is False)
    return True


@schemathesis.check
def no_fault(ctx, response, case):
    """No request makes the platform fail."""
    if response.status_code < 500:
        return
    try:
        code = response.json().get("code")
    except ValueError:
        code = None
    if (response.status_code, code) not in OTHERS:
        raise AssertionError(f"{response.status_code} {code}: a fault of the platform")
