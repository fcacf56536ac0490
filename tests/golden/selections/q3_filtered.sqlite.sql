SELECT CAST(('{"agreements":'||
(SELECT ('{"nodes":['||coalesce(group_concat(('{"id":'||json_quote(t1."id")||',"title":'||json_quote(t1."title")||',"signed":'||json_quote(t1."signed")||',"parties":'||
(SELECT ('{"nodes":['||coalesce(group_concat(('{"role":'||json_quote(upper(replace(t4."role",'-','_')))||',"actor":'||coalesce(CASE t4."actor_type" WHEN 'organization' THEN 
(SELECT ('{"__typename":"Organization","name":'||json_quote(t5."name")||',"country":'||coalesce(
(SELECT ('{"code":'||json_quote(t6."code")||'}')
 FROM "countries" t6
 WHERE t6."id"=t5."country"),'null')||'}')
 FROM "organizations" t5
 WHERE t5."id"=t4."actor") WHEN 'alliance' THEN 
(SELECT ('{"__typename":"Alliance","name":'||json_quote(t7."name")||'}')
 FROM "alliances" t7
 WHERE t7."id"=t4."actor") END,'null')||'}'),','),'')||']}')
 FROM 
(SELECT t4."role" AS "role",t4."actor" AS "actor",t4."actor_type" AS "actor_type"
 FROM "parties" t4
 WHERE t4."agreement"=t1."id"
 ORDER BY t4."actor_sort",t4."id" LIMIT ?1) t4)||',"claims":['||coalesce(
(SELECT group_concat(('{"source":'||coalesce(
(SELECT ('{"id":'||json_quote(t9."id")||',"url":'||json_quote(t9."url")||',"title":'||json_quote(t9."title")||'}')
 FROM "sources" t9
 WHERE t9."id"=t8."source"),'null')||'}'),',')
 FROM 
(SELECT t8."source" AS "source"
 FROM "claims" t8
 WHERE t8."record"=t1."id" AND t8."record_type"='agreement'
 ORDER BY t8."column",t8."id" LIMIT ?1) t8),'')||']}'),','),'')||']}')
 FROM 
(SELECT t1."id" AS "id",t1."title" AS "title",t1."signed" AS "signed"
 FROM "agreements" t1
 WHERE ((t1."signed_sort">=?2 AND t1."signed_sort"<=?3 AND t1."signed_latest"<=?3) AND +t1."id" IN 
(SELECT t2."agreement"
 FROM "parties" t2
 WHERE t2."agreement" IS NOT NULL AND (t2."actor_type"='organization' AND t2."actor" IN 
(SELECT t3."id"
 FROM "organizations" t3
 WHERE (t3."country"=?4)))))
 ORDER BY t1."title_sort",t1."id" LIMIT ?5) t1)||'}') AS BLOB)
-- examines about 42 rows
