"""職員が書き、確かめ、公開する。稿を公開する道は、原稿フォルダのほかには、ここだけである。

``Drafts`` が書きかけを稿にし、``Approvals`` が提出、承認、公開をし、``Emergencies`` が緊急のお知らせを
出す。どれも、だれが（``Actor``）するのかと、時計を受け取る。できないことは ``WorkflowError``。
"""

from content.events import Action, Event, State
from content.revisions import Kind, Revision
from content.workflow.approvals import Approvals
from content.workflow.desk import Desk
from content.workflow.drafts import Check, Conflict, Drafts, Work
from content.workflow.emergency import (
    Emergencies,
    Emergency,
    EmergencyText,
    emergencies_out,
)
from content.workflow.people import Actor, NotAllowed, Role, Tell, WorkflowError
from content.workflow.rules import OutOfDate

__all__ = [
    "Action",
    "Actor",
    "Approvals",
    "Check",
    "Conflict",
    "Desk",
    "Drafts",
    "Emergencies",
    "Emergency",
    "EmergencyText",
    "Event",
    "Kind",
    "NotAllowed",
    "OutOfDate",
    "Revision",
    "Role",
    "State",
    "Tell",
    "Work",
    "WorkflowError",
    "emergencies_out",
]
