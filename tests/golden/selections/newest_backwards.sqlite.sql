SELECT CAST(('{"agreements":'||
(SELECT (('{"totalCount":'||
(SELECT count(*)
 FROM "agreements" t1
 WHERE ((t1."signed_sort">=?1 AND t1."signed_sort"<=?2 AND t1."signed_latest"<=?2) AND +t1."id" IN 
(SELECT t2."agreement"
 FROM "parties" t2
 WHERE t2."agreement" IS NOT NULL AND (t2."actor_type"='organization' AND t2."actor" IN 
(SELECT t3."id"
 FROM "organizations" t3
 WHERE (t3."country"=?3))))))||',"pageInfo":{"has_next":'||CASE WHEN (?4=1 AND EXISTS 
(SELECT 1
 FROM "agreements" t1
 WHERE ((t1."signed_sort">=?1 AND t1."signed_sort"<=?2 AND t1."signed_latest"<=?2) AND +t1."id" IN 
(SELECT t2."agreement"
 FROM "parties" t2
 WHERE t2."agreement" IS NOT NULL AND (t2."actor_type"='organization' AND t2."actor" IN 
(SELECT t3."id"
 FROM "organizations" t3
 WHERE (t3."country"=?3))))) AND (t1."signed_sort",t1."id")>=(?5,?6))) THEN 'true' ELSE 'false' END||',"has_previous":'||CASE WHEN EXISTS 
(SELECT 1
 FROM "agreements" t1
 WHERE ((t1."signed_sort">=?1 AND t1."signed_sort"<=?2 AND t1."signed_latest"<=?2) AND +t1."id" IN 
(SELECT t2."agreement"
 FROM "parties" t2
 WHERE t2."agreement" IS NOT NULL AND (t2."actor_type"='organization' AND t2."actor" IN 
(SELECT t3."id"
 FROM "organizations" t3
 WHERE (t3."country"=?3))))) AND (t1."signed_sort",t1."id")>(?5,?6) LIMIT 1 OFFSET ?7) THEN 'true' ELSE 'false' END||',"start_cursor":'||coalesce(('"244DE6CF'||substr(group_concat(hex((t1."~0"||''||t1."~1")),','),1,length(group_concat(hex((t1."~0"||''||t1."~1")),','))-length(ltrim(group_concat(hex((t1."~0"||''||t1."~1")),','),'0123456789ABCDEF')))||'"'),'null')||',"end_cursor":'||coalesce(('"244DE6CF'||substr(group_concat(hex((t1."~0"||''||t1."~1")),','),length(rtrim(group_concat(hex((t1."~0"||''||t1."~1")),','),'0123456789ABCDEF'))+1)||'"'),'null')||'},"edges":['||coalesce(group_concat(('{"cursor":"244DE6CF'||hex((t1."~0"||''||t1."~1"))||'","node":{"id":'||json_quote(t1."id")||',"title":'||json_quote(t1."title")||',"signed":'||json_quote(t1."signed")||'}}'),','),''))||']}')
 FROM 
(SELECT *
 FROM 
(SELECT t1."id" AS "id",t1."title" AS "title",t1."signed" AS "signed",t1."signed_sort" AS "~0",t1."id" AS "~1"
 FROM "agreements" t1
 WHERE ((t1."signed_sort">=?1 AND t1."signed_sort"<=?2 AND t1."signed_latest"<=?2) AND +t1."id" IN 
(SELECT t2."agreement"
 FROM "parties" t2
 WHERE t2."agreement" IS NOT NULL AND (t2."actor_type"='organization' AND t2."actor" IN 
(SELECT t3."id"
 FROM "organizations" t3
 WHERE (t3."country"=?3))))) AND (t1."signed_sort",t1."id")>(?5,?6)
 ORDER BY t1."signed_sort",t1."id" LIMIT ?7) r
 ORDER BY r."~0" DESC,r."~1" DESC LIMIT -1) t1)||'}') AS BLOB)
-- examines about 58 rows
