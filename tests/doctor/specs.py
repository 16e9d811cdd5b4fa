"""The specs that doctor is asked about."""

ROBOT = """\
app: Robot
label: The robot
contact_email: ops@example.com
oauth:
  callback_urls: [https://robot.example/callback]
  scopes: [api, refresh_token]
  jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}
policies:
  permitted_users: admin_approved
  profiles: [System Administrator]
"""


def with_policies(text: str) -> str:
    """The robot, with other lists of who may use it."""
    return ROBOT.replace("  profiles: [System Administrator]\n", text)


def listed(found):
    """Findings as pairs of severity and text."""
    return [(each.severity.value, each.text) for each in found]
