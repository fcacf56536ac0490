SELECT ('{"document":'||coalesce(
(SELECT ('{"@id":'||to_json(('/id/organization/'||t1."id"))::text||coalesce((',"founded":'||CASE WHEN t1."founded" IS NULL THEN nullif('null','null') WHEN (CASE WHEN t1."founded" ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]T[^/]*$' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END) ~ '^[0-9]{4}$' THEN ('{"@type":"xsd:gYear","@value":'||coalesce(to_json(CASE WHEN t1."founded" ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]T[^/]*$' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END)::text,'null')||'}') WHEN (CASE WHEN t1."founded" ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]T[^/]*$' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END) ~ '^[0-9]{4}-[01][0-9]$' THEN ('{"@type":"xsd:gYearMonth","@value":'||coalesce(to_json(CASE WHEN t1."founded" ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]T[^/]*$' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END)::text,'null')||'}') WHEN (CASE WHEN t1."founded" ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]T[^/]*$' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END) ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]$' THEN ('{"@type":"xsd:date","@value":'||coalesce(to_json(CASE WHEN t1."founded" ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]T[^/]*$' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END)::text,'null')||'}') END),'')||',"name":{"@value":'||to_json(t1."name")::text||coalesce((',"@language":'||to_json(t1."language")::text),'')||'}'||coalesce((',"latitude":'||to_json(t1."latitude")::text),'')||coalesce((',"parent":'||CASE WHEN t1."parent" IS NOT NULL THEN ('{"@id":'||to_json(('/id/organization/'||t1."parent"))::text||'}') END),'')||',"spells":['||coalesce(
(SELECT string_agg(('{"from_earliest":'||to_json(t2."from_earliest")::text||',"to_latest":'||to_json(t2."to_latest")::text||',"undated":'||CASE WHEN t2."undated"=1 THEN 'true' WHEN t2."undated"=0 THEN 'false' END||',"membership":'||to_json(t2."membership")::text||'}'),',')
 FROM 
(SELECT t2."from_earliest" AS "from_earliest",t2."to_latest" AS "to_latest",t2."undated" AS "undated",t2."membership" AS "membership"
 FROM "member_spans" t2
 WHERE t2."organization"=t1."id"
 ORDER BY t2."alliance_sort",t2."alliance",t2.spell) t2),'')||']}')
 FROM "organizations" t1
 WHERE t1."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type='organization' AND r.id=$1),$1)),'null')||',"any":'||coalesce(
(SELECT CASE t3.type WHEN 'alliance' THEN 
(SELECT ('{"name":'||to_json(t4."name")::text||'}')
 FROM "alliances" t4
 WHERE t4."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type=t3.type AND r.id=t3.id),t3.id)) END
 FROM 
(SELECT CASE WHEN CAST($2 AS TEXT)<>'' THEN CAST($2 AS TEXT) ELSE coalesce(
(SELECT 'alliance'
 FROM "alliances" e
 WHERE e.id=CAST($3 AS TEXT)),
(SELECT r.type
 FROM redirects r
 WHERE r.id=CAST($3 AS TEXT)
 ORDER BY r.type LIMIT 1),'') END AS type,CAST($3 AS TEXT) AS id) t3),'null')||',"many":['||coalesce(
(SELECT string_agg(coalesce(CASE t5.type WHEN 'alliance' THEN 
(SELECT ('{"name":'||to_json(t6."name")::text||'}')
 FROM "alliances" t6
 WHERE t6."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type=t5.type AND r.id=t5.id),t5.id)) WHEN 'organization' THEN 
(SELECT ('{"name":'||to_json(t7."name")::text||'}')
 FROM "organizations" t7
 WHERE t7."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type=t5.type AND r.id=t5.id),t5.id)) END,'null'),',')
 FROM 
(SELECT CASE WHEN t8.type<>'' THEN t8.type ELSE coalesce(
(SELECT 'alliance'
 FROM "alliances" e
 WHERE e.id=t8.id),
(SELECT 'organization'
 FROM "organizations" e
 WHERE e.id=t8.id),
(SELECT r.type
 FROM redirects r
 WHERE r.id=t8.id
 ORDER BY r.type LIMIT 1),'') END AS type,t8.id AS id
 FROM 
(SELECT p.value->>0 AS type,p.value->>1 AS id
 FROM json_array_elements($4::json) WITH ORDINALITY AS p(value,n)
 ORDER BY p.n) t8) t5),'')||']}')
-- examines about 28 rows
