// A component's data as Relay wants it: fragments, a connection that is paged, and a record fetched anew by its id.
import { graphql } from "react-relay";

export const page = graphql`
  query MembersQuery($id: ID!, $at: PartialDate) {
    alliance(id: $id) {
      ...Members_alliance @arguments(at: $at)
    }
  }
`;

export const members = graphql`
  fragment Members_alliance on Alliance
  @refetchable(queryName: "MembersPaginationQuery")
  @argumentDefinitions(
    at: { type: "PartialDate" }
    count: { type: "Int", defaultValue: 2 }
    cursor: { type: "String" }
  ) {
    name
    members(at: $at, first: $count, after: $cursor) @connection(key: "Members_members") {
      edges {
        node {
          ...Members_actor
        }
      }
    }
  }
`;

export const actor = graphql`
  fragment Members_actor on Actor @refetchable(queryName: "MembersActorQuery") {
    __typename
    name
    ... on Organization {
      country {
        name
      }
    }
  }
`;

export const organizations = graphql`
  query MembersOrganizationsQuery($filter: OrganizationFilter) {
    organizations(first: 3, filter: $filter) @connection(key: "Members_organizations") {
      edges {
        node {
          id
          name
        }
      }
    }
  }
`;
