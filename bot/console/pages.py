"""Every page of the console, with who may open it. What is not listed here does not exist."""

from __future__ import annotations

from bot.console.access import Access, Page
from bot.console.views import account, campaigns, entrance, home, house, staff, tips
from bot.staff.roles import Permission as May

PAGES: tuple[Page, ...] = (
    Page("GET", "/sign-in", entrance.sign_in_page, Access.OPEN),
    Page("POST", "/sign-in", entrance.sign_in, Access.OPEN),
    Page("GET", "/second-factor", entrance.second_factor_page, Access.ENTERING),
    Page("POST", "/second-factor", entrance.second_factor, Access.ENTERING),
    Page("GET", "/password", entrance.password_page, Access.ENTERING),
    Page("POST", "/password", entrance.password, Access.ENTERING),
    Page("GET", "/enrol", entrance.enrol_page, Access.ENTERING),
    Page("POST", "/enrol", entrance.enrol, Access.ENTERING),
    Page("POST", "/sign-out", entrance.sign_out, Access.ENTERING),
    Page("GET", "/unlock", entrance.unlock_page, May.READ_TIPS),
    Page("POST", "/unlock", entrance.unlock, May.READ_TIPS),
    Page("GET", "/", home.home, Access.MEMBER),
    Page("GET", "/tips", tips.queue, May.READ_TIPS),
    Page("GET", "/tips/{id}", tips.tip, May.READ_TIPS, needs_key=True, audit="tip.read"),
    Page("POST", "/tips/{id}/status", tips.change_status, May.WORK_TIPS, needs_key=True, audit="tip.status"),
    Page("POST", "/tips/{id}/answer", tips.answer, May.WORK_TIPS, needs_key=True, audit="tip.answer"),
    Page("GET", "/tips/{id}/attachments/{attachment}", tips.attachment, May.READ_TIPS, needs_key=True, audit="tip.attachment"),
    Page("GET", "/campaigns", campaigns.listing, May.SEE_CAMPAIGNS),
    Page("GET", "/campaigns/new", campaigns.new, May.PLAN_CAMPAIGNS),
    Page("POST", "/campaigns/new", campaigns.create, May.PLAN_CAMPAIGNS, audit="campaign.create"),
    Page("POST", "/campaigns/preview", campaigns.preview, May.PLAN_CAMPAIGNS),
    Page("GET", "/campaigns/{id}", campaigns.show, May.SEE_CAMPAIGNS),
    Page("GET", "/campaigns/{id}/progress", campaigns.progress, May.SEE_CAMPAIGNS, passive=True),
    Page("GET", "/campaigns/{id}/edit", campaigns.edit_page, May.PLAN_CAMPAIGNS),
    Page("POST", "/campaigns/{id}/edit", campaigns.edit, May.PLAN_CAMPAIGNS, audit="campaign.edit"),
    Page("POST", "/campaigns/{id}/submit", campaigns.submit, May.PLAN_CAMPAIGNS, audit="campaign.submit"),
    Page("POST", "/campaigns/{id}/approve", campaigns.approve, May.APPROVE_CAMPAIGNS, audit="campaign.approve"),
    Page("POST", "/campaigns/{id}/send-back", campaigns.send_back, May.APPROVE_CAMPAIGNS, audit="campaign.send_back"),
    Page("POST", "/campaigns/{id}/cancel", campaigns.cancel, May.CANCEL_CAMPAIGNS, audit="campaign.cancel"),
    Page("GET", "/statistics", house.statistics, May.SEE_STATISTICS, audit="statistics.read"),
    Page("GET", "/staff", staff.listing, May.MANAGE_STAFF),
    Page("GET", "/staff/new", staff.new, May.MANAGE_STAFF),
    Page("POST", "/staff/new", staff.create, May.MANAGE_STAFF),
    Page("GET", "/staff/{id}", staff.member, May.MANAGE_STAFF),
    Page("POST", "/staff/{id}/roles", staff.set_roles, May.MANAGE_STAFF),
    Page("POST", "/staff/{id}/disable", staff.disable, May.MANAGE_STAFF),
    Page("POST", "/staff/{id}/enable", staff.enable, May.MANAGE_STAFF),
    Page("POST", "/staff/{id}/reset-password", staff.reset_password, May.MANAGE_STAFF),
    Page("POST", "/staff/{id}/reset-second-factor", staff.reset_second_factor, May.MANAGE_STAFF),
    Page("POST", "/staff/{id}/end-sessions", staff.end_sessions, May.MANAGE_STAFF),
    Page("GET", "/audit", house.audit, May.READ_AUDIT),
    Page("POST", "/audit/verify", house.verify_audit, May.READ_AUDIT, audit="audit.verify"),
    Page("GET", "/city", house.city, May.SEE_CITY),
    Page("GET", "/account", account.account, Access.MEMBER),
    Page("POST", "/account/language", account.language, Access.MEMBER),
    Page("POST", "/account/end-sessions", account.end_other_sessions, Access.MEMBER),
    Page("GET", "/account/second-factor", entrance.confirm_page, Access.MEMBER),
    Page("POST", "/account/second-factor", entrance.renew_page, Access.MEMBER),
)
"""Account pages and deeds on staff record themselves, in one transaction with what they do (``bot.staff``)."""
