SELECT ('{"alliances":'||
(SELECT ('{"nodes":['||coalesce(string_agg(('{"id":'||to_json(t1."id")::text||',"name":'||to_json(t1."name")::text||',"memberships":'||
(SELECT ('{"nodes":['||coalesce(string_agg(('{"role":'||to_json(upper(replace(t2."role",'-','_')))::text||',"organization":'||coalesce(
(SELECT ('{"name":'||to_json(t3."name")::text||',"country":'||coalesce(
(SELECT ('{"code":'||to_json(t4."code")::text||'}')
 FROM "countries" t4
 WHERE t4."id"=t3."country"),'null')||'}')
 FROM "organizations" t3
 WHERE t3."id"=t2."organization"),'null')||'}'),','),'')||']}')
 FROM 
(SELECT t2."role" AS "role",t2."organization" AS "organization"
 FROM "memberships" t2
 WHERE t2."alliance"=t1."id"
 ORDER BY t2."organization_sort",t2."id" LIMIT $1) t2)||'}'),','),'')||']}')
 FROM 
(SELECT t1."id" AS "id",t1."name" AS "name"
 FROM "alliances" t1
 ORDER BY t1."name_sort",t1."id" LIMIT $2) t1)||'}')
-- examines about 96 rows
