// mercurius with graphql-jit and loaders over the release file, read with node's own SQLite.
// node mercurius.mjs RELEASE_FILE PORT
import Fastify from "fastify";
import mercurius from "mercurius";
import { DatabaseSync } from "node:sqlite";

const [file, port] = process.argv.slice(2);
const database = new DatabaseSync(file, { readOnly: true });
const prepared = new Map();
const all = (sql, ...values) => {
  let statement = prepared.get(sql);
  if (!statement) prepared.set(sql, (statement = database.prepare(sql)));
  return statement.all(...values);
};
const list = (ids) => JSON.stringify([...new Set(ids)]);

const schema = `
  type Query {
    alliance(id: ID!): Alliance
    organization(id: ID!): Organization
    alliances(first: Int!): [Alliance!]!
    agreements(fromDay: String!, toDay: String!, alliance: String!, first: Int!): [Agreement!]!
    signatories(country: String!, fromDay: String!, toDay: String!, first: Int!): Signatories!
    search(text: String!, first: Int!): Hits!
    agreementPage(first: Int!, offset: Int!): AgreementPage!
  }
  type Alliance {
    id: ID!
    name: String!
    kind: String!
    founded: String
    website: String
    memberships(first: Int = 20): [Membership!]!
  }
  type Organization { id: ID!  name: String!  country: String  memberships(first: Int = 20): [Membership!]! }
  type Membership { role: String!  organization: Organization!  alliance: Alliance! }
  type Agreement {
    id: ID!
    title: String!
    signed: String
    alliance: Alliance
    parties(first: Int = 20): [Party!]!
    claims(column: String!): [Claim!]!
  }
  type Party { role: String!  actor: Organization! }
  type Claim { source: Source }
  type Source { id: ID!  url: String!  title: String! }
  type Signatories { totalCount: Int!  nodes: [Organization!]! }
  type Hit { id: ID!  label: String! }
  type Hits { totalCount: Int!  nodes: [Hit!]! }
  type PageInfo { hasNextPage: Boolean! }
  type AgreementPage { nodes: [Agreement!]!  pageInfo: PageInfo! }
`;

const within = "signed_sort >= ? AND signed_sort <= ? AND signed_latest <= ?";
const signatory = `FROM organizations o WHERE o.country = ? AND EXISTS (
  SELECT 1 FROM parties p JOIN agreements a ON a.id = p.agreement
  WHERE p.actor_type = 'organization' AND p.actor = o.id AND ${within})`;

const resolvers = {
  Query: {
    alliance: (_, { id }) => all("SELECT * FROM alliances WHERE id = ?", id)[0],
    organization: (_, { id }) => all("SELECT * FROM organizations WHERE id = ?", id)[0],
    alliances: (_, { first }) => all("SELECT * FROM alliances ORDER BY name_sort, id LIMIT ?", first),
    agreements: (_, { fromDay, toDay, alliance, first }) =>
      all(`SELECT * FROM agreements WHERE alliance = ? AND ${within} ORDER BY signed_sort, id LIMIT ?`,
        alliance, fromDay, toDay, toDay, first),
    signatories: (_, { country, fromDay, toDay, first }) => ({
      totalCount: all(`SELECT count(*) AS n ${signatory}`, country, fromDay, toDay, toDay)[0].n,
      nodes: all(`SELECT * ${signatory} ORDER BY name_sort, id LIMIT ?`, country, fromDay, toDay, toDay, first),
    }),
    search: (_, { text, first }) => {
      const where = `FROM search_index JOIN search_entries e ON e.entry = search_index.rowid
        WHERE search_index MATCH ? AND e.type = 'agreement'`;
      return {
        totalCount: all(`SELECT count(*) AS n ${where}`, text)[0].n,
        nodes: all(`SELECT e.id, e.label ${where} ORDER BY bm25(search_index), e.entry LIMIT ?`, text, first),
      };
    },
    agreementPage: (_, { first, offset }) => {
      const nodes = all("SELECT * FROM agreements ORDER BY signed_sort, id LIMIT ? OFFSET ?", first + 1, offset);
      return { nodes: nodes.slice(0, first), pageInfo: { hasNextPage: nodes.length > first } };
    },
  },
};

// A loader for the record at the other end of a link.
const one = (table, column) => async (queries) => {
  const ids = list(queries.map(({ obj }) => obj[column]));
  const rows = all(`SELECT * FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`, ids);
  const found = new Map(rows.map((row) => [row.id, row]));
  return queries.map(({ obj }) => found.get(obj[column]) ?? null);
};

// A loader for the first rows that link to a record.
const many = (table, column, order) => async (queries) =>
  queries.map(({ obj, params }) =>
    all(`SELECT * FROM ${table} WHERE ${column} = ? ORDER BY ${order}, id LIMIT ?`, obj.id, params.first));

const loaders = {
  Alliance: { memberships: many("memberships", "alliance", "organization_sort") },
  Organization: { memberships: many("memberships", "organization", "alliance_sort") },
  Membership: { organization: one("organizations", "organization"), alliance: one("alliances", "alliance") },
  Agreement: {
    alliance: one("alliances", "alliance"),
    parties: many("parties", "agreement", "actor_sort"),
    claims: async (queries) =>
      queries.map(({ obj, params }) =>
        all(`SELECT * FROM claims WHERE record_type = 'agreement' AND record = ? AND "column" = ? ORDER BY id`,
          obj.id, params.column)),
  },
  Party: { actor: one("organizations", "actor") },
  Claim: { source: one("sources", "source") },
};

const app = Fastify();
app.register(mercurius, { schema, resolvers, loaders, jit: 1 });
await app.listen({ port: Number(port), host: "127.0.0.1" });
