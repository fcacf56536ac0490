SELECT CAST(('{"organization":'||coalesce(
(SELECT ('{"name":'||json_quote(t1."name")||',"memberships":'||
(SELECT ('{"nodes":['||coalesce(group_concat(('{"role":'||json_quote(upper(replace(t2."role",'-','_')))||',"alliance":'||coalesce(
(SELECT ('{"name":'||json_quote(t3."name")||',"memberships":'||
(SELECT ('{"nodes":['||coalesce(group_concat(('{"role":'||json_quote(upper(replace(t4."role",'-','_')))||',"organization":'||coalesce(
(SELECT ('{"name":'||json_quote(t5."name")||',"country":'||coalesce(
(SELECT ('{"code":'||json_quote(t6."code")||'}')
 FROM "countries" t6
 WHERE t6."id"=t5."country"),'null')||'}')
 FROM "organizations" t5
 WHERE t5."id"=t4."organization"),'null')||'}'),','),'')||']}')
 FROM 
(SELECT t4."role" AS "role",t4."organization" AS "organization"
 FROM "memberships" t4
 WHERE t4."alliance"=t3."id"
 ORDER BY t4."organization_sort",t4."id" LIMIT ?1) t4)||'}')
 FROM "alliances" t3
 WHERE t3."id"=t2."alliance"),'null')||'}'),','),'')||']}')
 FROM 
(SELECT t2."role" AS "role",t2."alliance" AS "alliance"
 FROM "memberships" t2
 WHERE t2."organization"=t1."id"
 ORDER BY t2."alliance_sort",t2."id" LIMIT ?2) t2)||'}')
 FROM "organizations" t1
 WHERE t1."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type='organization' AND r.id=?3),?3)),'null')||'}') AS BLOB)
-- examines about 53 rows
