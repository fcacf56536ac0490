"""A membership: who belonged to what, in what role, from when to when."""

from datasets.shapes.model import Column, Entity, Kind, Link, Node, Spans

MEMBERSHIP = Entity(
    name="membership",
    plural="memberships",
    doc="One organization in one alliance in one role over one period.",
    classes=("org:Membership", "schema:OrganizationRole"),
    label="{organization} in {alliance}",
    orders=("organization", "alliance", "since"),
    mint="m",
    file="memberships.csv",
    nodes=(
        Node(name="period", terms=("org:memberDuring",), classes=("time:ProperInterval",)),
        Node(name="since", terms=("period>time:hasBeginning",), classes=("time:Instant",)),
        Node(name="until", terms=("period>time:hasEnd",), classes=("time:Instant",)),
    ),
    columns=(
        Link(
            name="alliance",
            target="alliance",
            doc="The alliance.",
            terms=("org:organization", "schema:memberOf"),
            required=True,
            reverse="memberships",
            reverse_doc="Who holds or held which role in this alliance, members and offices alike.",
        ),
        Link(
            name="organization",
            target="organization",
            doc="The organization that holds the role.",
            terms=("org:member", "schema:member"),
            required=True,
            reverse="memberships",
            reverse_doc="The roles that this organization holds or held in alliances.",
            reverse_terms=("org:hasMembership",),
        ),
        Column(
            name="role",
            kind=Kind.CODE,
            scheme="membership_role",
            doc="Role; founding_member and member make a member, the others are offices or looser ties.",
            terms=("org:role", "schema:roleName"),
            required=True,
        ),
        Column(
            name="since",
            kind=Kind.DATE,
            doc="When the role began; empty where no source says.",
            terms=("schema:startDate", "since>time:inXSDDate"),
            example="2017-04-29",
        ),
        Column(
            name="until",
            kind=Kind.DATE,
            doc="When the role ended; empty where it goes on or no source says.",
            terms=("schema:endDate", "until>time:inXSDDate"),
        ),
        Column(
            name="ended",
            kind=Kind.FLAG,
            doc="Said of a role that has ended, on a day that no source gives.",
            terms=("ua:ended",),
        ),
    ),
)

MEMBER_SPANS = Spans(
    name="member_spans",
    doc="Who was a member of which alliance, from when to when: the answer of every face to that question.",
    entity="membership",
    whole="alliance",
    part="organization",
    role="role",
    roles=("founding_member", "member"),
    founding_role="founding_member",
    founding="founded",
    since="since",
    until="until",
    ended="ended",
    forward="members",
    forward_doc="The organizations that are members now, or at the time given.",
    forward_terms=("org:hasMember", "schema:member"),
    backward="alliances",
    backward_doc="The alliances that this organization is a member of now, or at the time given.",
    backward_terms=("org:memberOf", "schema:memberOf"),
)
