// Apollo Client against a server: node apollo.mjs URL, prints what a program sees as one JSON object.
import { createHash } from "node:crypto";
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client/core";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { filter, firstValueFrom } from "rxjs";

const [uri] = process.argv.slice(2);
const sent = [];
const counted = (address, options) => {
  sent.push(options.method);
  return fetch(address, options);
};

// Which types an interface has, asked of the server as Apollo's documentation says.
const introspected = await fetch(uri, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ query: "{ __schema { types { kind name possibleTypes { name } } } }" }),
}).then((answer) => answer.json());
const possibleTypes = Object.fromEntries(
  introspected.data.__schema.types
    .filter(({ kind }) => kind === "INTERFACE")
    .map(({ name, possibleTypes }) => [name, possibleTypes.map((type) => type.name)]),
);

const cache = new InMemoryCache({
  possibleTypes,
  typePolicies: { Query: { fields: { organizations: relayStylePagination() } } },
});
const hashed = new PersistedQueryLink({
  useGETForHashedQueries: true,
  sha256: (text) => createHash("sha256").update(text).digest("hex"),
});
const client = new ApolloClient({ cache, link: hashed.concat(new HttpLink({ uri, fetch: counted })) });

const ALLIANCE = gql`
  query Alliance($id: ID!) {
    alliance(id: $id) {
      id
      name
      secretariatOrganization { ...Actor }
      members(first: 2) { nodes { ...Actor } }
    }
  }
  fragment Actor on Actor { id name founded ... on Organization { city } }
`;
const alliance = await client.query({ query: ALLIANCE, variables: { id: "orchid-alliance" } });
const again = await client.query({ query: ALLIANCE, variables: { id: "orchid-alliance" } });
const kept = cache.readFragment({
  id: `Organization:${alliance.data.alliance.secretariatOrganization.id}`,
  fragment: gql`fragment Name on Organization { name }`,
});

const ORGANIZATIONS = gql`
  query Organizations($after: String) {
    organizations(first: 2, after: $after) {
      edges { cursor node { id name } }
      pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
    }
  }
`;
const pages = client.watchQuery({ query: ORGANIZATIONS });
const complete = pages.pipe(filter(({ dataState }) => dataState === "complete"));
const first = (await firstValueFrom(complete)).data.organizations;
const watched = pages.subscribe(() => {});
await pages.fetchMore({ variables: { after: first.pageInfo.endCursor } });
watched.unsubscribe();
const both = client.readQuery({ query: ORGANIZATIONS }).organizations;

const wrong = await client.query({ query: gql`{ alliance(id: "x") { nothing } }` }).catch((error) => error);

console.log(
  JSON.stringify({
    alliance: alliance.data.alliance,
    fromCache: again.data.alliance.name === alliance.data.alliance.name,
    kept: kept?.name,
    first: first.edges.length,
    both: both.edges.map(({ node }) => node.id),
    wrong: CombinedGraphQLErrors.is(wrong) && wrong.errors[0].extensions.code,
    sent,
  }),
);
client.stop();
