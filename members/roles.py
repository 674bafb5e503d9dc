"""The network's own groups. An organisation's groups are made by `onboard_organisation`."""

MODERATORS = "Network moderators"
EDITORS = "Network editors"
OPERATIONS = "Network operations"
NETWORK_WORKFLOW = "Network moderation"
NETWORK_ORGANISATION_SLUG = "network-editors"
