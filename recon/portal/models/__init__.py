"""What the control panel keeps."""

from recon.portal.models.accounts import Account, ApiToken, Invitation, Role, Try, User
from recon.portal.models.audit import AuditEntry
from recon.portal.models.published import (
    Activity,
    Document,
    Link,
    Profile,
    ProfileChange,
    Statement,
    StatementLine,
    StatementSection,
)
from recon.portal.models.uploads import OPEN, State, Upload

__all__ = [
    "OPEN",
    "Account",
    "Activity",
    "ApiToken",
    "AuditEntry",
    "Document",
    "Invitation",
    "Link",
    "Profile",
    "ProfileChange",
    "Role",
    "State",
    "Statement",
    "StatementLine",
    "StatementSection",
    "Try",
    "Upload",
    "User",
]
