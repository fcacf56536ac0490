SELECT CAST(('{"alliances":'||
(SELECT ('{"nodes":['||coalesce(group_concat(('{"id":'||json_quote(t1."id")||',"name":'||json_quote(t1."name")||',"memberships":'||
(SELECT ('{"nodes":['||coalesce(group_concat(('{"role":'||json_quote(upper(replace(t2."role",'-','_')))||',"organization":'||coalesce(
(SELECT ('{"name":'||json_quote(t3."name")||',"country":'||coalesce(
(SELECT ('{"code":'||json_quote(t4."code")||'}')
 FROM "countries" t4
 WHERE t4."id"=t3."country"),'null')||'}')
 FROM "organizations" t3
 WHERE t3."id"=t2."organization"),'null')||'}'),','),'')||']}')
 FROM 
(SELECT t2."role" AS "role",t2."organization" AS "organization"
 FROM "memberships" t2
 WHERE t2."alliance"=t1."id"
 ORDER BY t2."organization_sort",t2."id" LIMIT ?1) t2)||'}'),','),'')||']}')
 FROM 
(SELECT t1."id" AS "id",t1."name" AS "name"
 FROM "alliances" t1
 ORDER BY t1."name_sort",t1."id" LIMIT ?2) t1)||'}') AS BLOB)
-- examines about 96 rows
