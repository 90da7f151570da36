"""The first schema.

Revision: 0001, after nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("writers", sa.Text(), nullable=False),
        sa.Column("approver_id", sa.String(length=64), nullable=True),
        sa.Column("approved_hash", sa.String(length=64), nullable=True),
        sa.Column("cancelled_by", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("late_after", sa.Integer(), nullable=False),
        sa.Column("resend_uncertain", sa.Boolean(), nullable=False),
        sa.Column("next_fire_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index(op.f("ix_campaign_state_next_fire_at"), "campaign", ["state", "next_fire_at"], unique=False)
    op.create_table(
        "person",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replay", sa.LargeBinary(), nullable=True),
        sa.Column("replay_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_expires_at"), "person", ["expires_at"], unique=False)
    op.create_index(op.f("ix_person_replay_until"), "person", ["replay_until"], unique=False)
    op.create_table(
        "person_flow",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("flow", sa.String(length=32), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", "flow", name=op.f("pk_person_flow")),
    )
    op.create_index(op.f("ix_person_flow_expires_at"), "person_flow", ["expires_at"], unique=False)
    op.create_table(
        "recipient",
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.Column("unreachable_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_recipient")),
    )
    op.create_table(
        "staff_audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_staff_audit")),
    )
    op.create_index("ix_staff_audit_subject", "staff_audit", ["subject"], unique=False)
    op.create_table(
        "staff_audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_audit_head")),
    )
    op.create_table(
        "staff_member",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_pending", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_member_login")),
    )
    op.create_table(
        "staff_sign_in_attempt",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_staff_sign_in_attempt")),
    )
    op.create_index(op.f("ix_staff_sign_in_attempt_last_at"), "staff_sign_in_attempt", ["last_at"], unique=False)
    op.create_table(
        "telegram_inbox",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("chat", sa.String(length=32), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "update_id", "mark", name=op.f("pk_telegram_inbox")),
    )
    op.create_index(op.f("ix_telegram_inbox_received_at"), "telegram_inbox", ["received_at"], unique=False)
    op.create_index(
        "ix_telegram_inbox_waiting",
        "telegram_inbox",
        ["bot_id", "chat", "update_id"],
        unique=False,
        sqlite_where=sa.text("chat IS NOT NULL"),
        postgresql_where=sa.text("chat IS NOT NULL"),
    )
    op.create_table(
        "telegram_lease",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "chat", name=op.f("pk_telegram_lease")),
    )
    op.create_table(
        "tip",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("locator", sa.String(length=9), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("last_from_tipster", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip")),
        sa.UniqueConstraint("locator", name=op.f("uq_tip_locator")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tip_category_updated_at", "tip", ["category", "updated_at"], unique=False)
    op.create_index("ix_tip_queue", "tip", ["status", "urgent", "created_at", "id"], unique=False)
    op.create_table(
        "webchat_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webchat_session")),
    )
    op.create_index(op.f("ix_webchat_session_expires_at"), "webchat_session", ["expires_at"], unique=False)
    op.create_table(
        "campaign_text",
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_text_campaign_id_campaign"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("campaign_id", "language", name=op.f("pk_campaign_text")),
    )
    op.create_table(
        "occurrence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("results", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_occurrence_campaign_id_campaign"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sa.UniqueConstraint("campaign_id", "scheduled_for", name=op.f("uq_occurrence_campaign_id_scheduled_for")),
    )
    op.create_index(op.f("ix_occurrence_state"), "occurrence", ["state"], unique=False)
    op.create_table(
        "staff_member_role",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["staff_member.id"], name=op.f("fk_staff_member_role_member_id_staff_member")),
        sa.PrimaryKeyConstraint("member_id", "role", name=op.f("pk_staff_member_role")),
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["staff_member.id"], name=op.f("fk_staff_recovery_code_member_id_staff_member")),
        sa.PrimaryKeyConstraint("member_id", "code_hash", name=op.f("pk_staff_recovery_code")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["staff_member.id"], name=op.f("fk_staff_session_member_id_staff_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_member_id"), "staff_session", ["member_id"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pseudonym"], ["recipient.pseudonym"], name=op.f("fk_subscription_pseudonym_recipient"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pseudonym", "topic", name=op.f("pk_subscription")),
    )
    op.create_index(op.f("ix_subscription_topic_pseudonym"), "subscription", ["topic", "pseudonym"], unique=False)
    op.create_table(
        "tip_attachment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_tip_attachment_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_attachment")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tip_attachment_tip_id", "tip_attachment", ["tip_id"], unique=False)
    op.create_table(
        "tip_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_tip_entry_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_entry")),
        sa.UniqueConstraint("tip_id", "number", name=op.f("uq_tip_entry_tip_id_number")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tip_grant",
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_tip_grant_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tip_id", "kind", "holder", name=op.f("pk_tip_grant")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tip_grant_holder", "tip_grant", ["kind", "holder"], unique=False)
    op.create_table(
        "tip_notice",
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_tip_notice_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tip_id", name=op.f("pk_tip_notice")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tip_notice_state", "tip_notice", ["state"], unique=False)
    op.create_table(
        "tip_read",
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_tip_read_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tip_id", "reader", name=op.f("pk_tip_read")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "webchat_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fleeting", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["webchat_session.id"], name=op.f("fk_webchat_entry_session_id_webchat_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webchat_entry")),
        sa.UniqueConstraint("session_id", "turn", "position", name=op.f("uq_webchat_entry_session_id_turn_position")),
    )
    op.create_table(
        "delivery",
        sa.Column("occurrence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_delivery_occurrence_id_occurrence"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("occurrence_id", "pseudonym", "part", name=op.f("pk_delivery")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_delivery_pending",
        "delivery",
        ["occurrence_id", "not_before"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_delivery_sending",
        "delivery",
        ["occurrence_id", "lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_index(
        "ix_delivery_sending",
        table_name="delivery",
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.drop_index(
        "ix_delivery_pending",
        table_name="delivery",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_table("delivery")
    op.drop_table("webchat_entry")
    op.drop_table("tip_read")
    op.drop_index("ix_tip_notice_state", table_name="tip_notice")
    op.drop_table("tip_notice")
    op.drop_index("ix_tip_grant_holder", table_name="tip_grant")
    op.drop_table("tip_grant")
    op.drop_table("tip_entry")
    op.drop_index("ix_tip_attachment_tip_id", table_name="tip_attachment")
    op.drop_table("tip_attachment")
    op.drop_index(op.f("ix_subscription_topic_pseudonym"), table_name="subscription")
    op.drop_table("subscription")
    op.drop_index(op.f("ix_staff_session_member_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_table("staff_recovery_code")
    op.drop_table("staff_member_role")
    op.drop_index(op.f("ix_occurrence_state"), table_name="occurrence")
    op.drop_table("occurrence")
    op.drop_table("campaign_text")
    op.drop_index(op.f("ix_webchat_session_expires_at"), table_name="webchat_session")
    op.drop_table("webchat_session")
    op.drop_index("ix_tip_queue", table_name="tip")
    op.drop_index("ix_tip_category_updated_at", table_name="tip")
    op.drop_table("tip")
    op.drop_table("telegram_lease")
    op.drop_index(
        "ix_telegram_inbox_waiting",
        table_name="telegram_inbox",
        sqlite_where=sa.text("chat IS NOT NULL"),
        postgresql_where=sa.text("chat IS NOT NULL"),
    )
    op.drop_index(op.f("ix_telegram_inbox_received_at"), table_name="telegram_inbox")
    op.drop_table("telegram_inbox")
    op.drop_index(op.f("ix_staff_sign_in_attempt_last_at"), table_name="staff_sign_in_attempt")
    op.drop_table("staff_sign_in_attempt")
    op.drop_table("staff_member")
    op.drop_table("staff_audit_head")
    op.drop_index("ix_staff_audit_subject", table_name="staff_audit")
    op.drop_table("staff_audit")
    op.drop_table("recipient")
    op.drop_index(op.f("ix_person_flow_expires_at"), table_name="person_flow")
    op.drop_table("person_flow")
    op.drop_index(op.f("ix_person_replay_until"), table_name="person")
    op.drop_index(op.f("ix_person_expires_at"), table_name="person")
    op.drop_table("person")
    op.drop_index(op.f("ix_campaign_state_next_fire_at"), table_name="campaign")
    op.drop_table("campaign")
