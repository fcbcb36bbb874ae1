"""Signs in as the demo's administrator and makes a key with every right: prints its id and the key."""

import sys

import requests

base = sys.argv[1]
session = requests.Session()
# A browser says so by itself.
session.headers["Sec-Fetch-Site"] = "same-origin"
login = session.get(f"{base}/api/config", timeout=20).json()["demo_logins"][0]
signed_in = session.post(f"{base}/api/v1/session", json={"email": login["email"], "password": login["password"]}, timeout=20)
signed_in.raise_for_status()
rights = session.get(f"{base}/api/v1/permissions", timeout=20).json()
names = [right["name"] for right in (rights["items"] if isinstance(rights, dict) else rights)]
made = session.post(f"{base}/api/v1/api-keys", json={"name": "Fuzzing", "scopes": names}, timeout=20)
made.raise_for_status()
print(made.json()["id"], made.json()["key"])
