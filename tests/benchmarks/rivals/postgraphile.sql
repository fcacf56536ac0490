-- What PostGraphile cannot read off a copied release: the links whose target depends on a type, and filters by
-- ranges and by related records, which it takes from functions.
COMMENT ON TABLE parties IS E'@foreignKey (actor) references organizations (id)';
COMMENT ON TABLE claims IS E'@foreignKey (record) references agreements (id)';
CREATE INDEX ON parties (actor);
CREATE INDEX ON claims (record, "column");

CREATE FUNCTION agreements_signed(from_day text, to_day text, in_frame_of text) RETURNS SETOF agreements
LANGUAGE sql STABLE AS $$
  SELECT a.* FROM agreements a
  WHERE a.alliance = in_frame_of AND a.signed_sort >= from_day AND a.signed_sort <= to_day AND a.signed_latest <= to_day
  ORDER BY a.signed_sort, a.id
$$;

CREATE FUNCTION signatories(from_day text, to_day text, in_country text) RETURNS SETOF organizations
LANGUAGE sql STABLE AS $$
  SELECT o.* FROM organizations o
  WHERE o.country = in_country AND EXISTS (
    SELECT 1 FROM parties p JOIN agreements a ON a.id = p.agreement
    WHERE p.actor_type = 'organization' AND p.actor = o.id
      AND a.signed_sort >= from_day AND a.signed_sort <= to_day AND a.signed_latest <= to_day)
  ORDER BY o.name_sort, o.id
$$;

CREATE FUNCTION found(words text) RETURNS SETOF search_entries
LANGUAGE sql STABLE AS $$
  SELECT e.* FROM search_entries e
  WHERE e.all_vector @@ plainto_tsquery('simple', words) AND e.type = 'agreement'
  ORDER BY ts_rank(e.all_vector, plainto_tsquery('simple', words)) DESC, e.entry
$$;
