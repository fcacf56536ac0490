// A program over the generated types: it compiles under strict settings, and what is wrong does not.
import {
  MembersDocument,
  type MembersQueryVariables,
  type MembershipRole,
  SignedDocument,
  type TypedDocumentString,
} from "./generated.js";

async function ask<Result, Variables>(
  url: string,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const content = (await answer.json()) as { data?: Result; errors?: unknown };
  if (content.data === undefined || content.errors) throw new Error(JSON.stringify(content.errors));
  return content.data;
}

const url: string = process.argv[2] ?? "";
const variables: MembersQueryVariables = {
  id: "orchid-alliance",
  at: "2018-07",
  roles: ["FOUNDING_MEMBER", "MEMBER"],
};
const { alliance } = await ask(url, MembersDocument, variables);
const countries: string[] = (alliance?.memberships.nodes ?? []).map((one) => one.organization.country?.code ?? "");
const kinds: (string | undefined)[] = (alliance?.claims ?? []).map((claim) => claim.source?.kind);
const latitude: number | undefined = alliance?.memberships.nodes[0]?.organization.location?.latitude;

const signed = await ask(url, SignedDocument, {
  filter: { signed: { within: "2023" }, parties: { some: { role: { eq: "HOST" } } } },
  orderBy: [{ signed: "DESC" }],
});
const acronyms: (string | null | undefined)[] = signed.agreements.nodes.flatMap((agreement) =>
  agreement.parties.nodes.map(({ actor }) => (actor.__typename === "Alliance" ? actor.acronym : actor.name)),
);

// @ts-expect-error an id is required
const missing: MembersQueryVariables = {};
// @ts-expect-error the name of an alliance is never null, and no number
const name: number | undefined = alliance?.name;
// @ts-expect-error there is no such field
alliance?.nothing;
// @ts-expect-error there is no such role
const role: MembershipRole = "EMPEROR";
// @ts-expect-error a country may be missing
alliance?.memberships.nodes[0]?.organization.country.code;

void [missing, name, role];
console.log(JSON.stringify({ name: alliance?.name, founded: alliance?.founded, countries, kinds, latitude, acronyms }));
