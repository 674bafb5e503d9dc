from core.models.events import Delivery, Event, EventTarget
from core.models.operator import Compliance, Law, OperatorSettings
from core.models.pages import BasePage, HomePage, InformationPage
from core.models.privacy import KeptForm, LookedAt, RetentionRecord, StaffLook
from core.models.records import ProviderRecord, ProviderRecordAttachment, RecordKind
from core.models.topics import Topic

__all__ = [
    "BasePage",
    "Compliance",
    "Delivery",
    "Event",
    "EventTarget",
    "HomePage",
    "InformationPage",
    "KeptForm",
    "Law",
    "LookedAt",
    "OperatorSettings",
    "ProviderRecord",
    "ProviderRecordAttachment",
    "RecordKind",
    "RetentionRecord",
    "StaffLook",
    "Topic",
]
