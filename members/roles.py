"""The network's own groups. An organisation's groups are made by `onboard_organisation`."""

MODERATORS = "Network moderators"
EDITORS = "Network editors"
OPERATIONS = "Network operations"
# Moderators who work on reports of the sexual abuse of children; nobody else sees those cases.
LOCKED_CASES = "Network moderators of locked cases"
NETWORK_WORKFLOW = "Network moderation"
NETWORK_ORGANISATION_SLUG = "network-editors"
