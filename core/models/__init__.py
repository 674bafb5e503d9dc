from core.models.events import Delivery, Event, EventTarget
from core.models.pages import BasePage, HomePage, InformationPage
from core.models.topics import Topic

__all__ = ["BasePage", "Delivery", "Event", "EventTarget", "HomePage", "InformationPage", "Topic"]
