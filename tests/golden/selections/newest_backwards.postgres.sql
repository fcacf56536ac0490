SELECT ('{"agreements":'||
(SELECT (('{"totalCount":'||(
(SELECT count(*)
 FROM "agreements" t1
 WHERE ((t1."signed_sort">=$1 AND t1."signed_sort"<=$2 AND t1."signed_latest"<=$2) AND t1."id" IN 
(SELECT t2."agreement"
 FROM "parties" t2
 WHERE t2."agreement" IS NOT NULL AND (t2."actor_type"='organization' AND t2."actor" IN 
(SELECT t3."id"
 FROM "organizations" t3
 WHERE (t3."country"=$3)))))))::text||',"pageInfo":{"has_next":'||CASE WHEN ($4=1 AND EXISTS 
(SELECT 1
 FROM "agreements" t1
 WHERE ((t1."signed_sort">=$1 AND t1."signed_sort"<=$2 AND t1."signed_latest"<=$2) AND t1."id" IN 
(SELECT t2."agreement"
 FROM "parties" t2
 WHERE t2."agreement" IS NOT NULL AND (t2."actor_type"='organization' AND t2."actor" IN 
(SELECT t3."id"
 FROM "organizations" t3
 WHERE (t3."country"=$3))))) AND (t1."signed_sort",t1."id")>=($5,$6))) THEN 'true' ELSE 'false' END||',"has_previous":'||CASE WHEN EXISTS 
(SELECT 1
 FROM "agreements" t1
 WHERE ((t1."signed_sort">=$1 AND t1."signed_sort"<=$2 AND t1."signed_latest"<=$2) AND t1."id" IN 
(SELECT t2."agreement"
 FROM "parties" t2
 WHERE t2."agreement" IS NOT NULL AND (t2."actor_type"='organization' AND t2."actor" IN 
(SELECT t3."id"
 FROM "organizations" t3
 WHERE (t3."country"=$3))))) AND (t1."signed_sort",t1."id")>($5,$6) LIMIT 1 OFFSET $7) THEN 'true' ELSE 'false' END||',"start_cursor":'||coalesce(('"244DE6CF'||substr(string_agg(upper(encode(convert_to((t1."~0"||''||t1."~1"),'UTF8'),'hex')),','),1,length(string_agg(upper(encode(convert_to((t1."~0"||''||t1."~1"),'UTF8'),'hex')),','))-length(ltrim(string_agg(upper(encode(convert_to((t1."~0"||''||t1."~1"),'UTF8'),'hex')),','),'0123456789ABCDEF')))||'"'),'null')||',"end_cursor":'||coalesce(('"244DE6CF'||substr(string_agg(upper(encode(convert_to((t1."~0"||''||t1."~1"),'UTF8'),'hex')),','),length(rtrim(string_agg(upper(encode(convert_to((t1."~0"||''||t1."~1"),'UTF8'),'hex')),','),'0123456789ABCDEF'))+1)||'"'),'null')||'},"edges":['||coalesce(string_agg(('{"cursor":"244DE6CF'||upper(encode(convert_to((t1."~0"||''||t1."~1"),'UTF8'),'hex'))||'","node":{"id":'||to_json(t1."id")::text||',"title":'||to_json(t1."title")::text||',"signed":'||coalesce(to_json(t1."signed")::text,'null')||'}}'),','),''))||']}')
 FROM 
(SELECT *
 FROM 
(SELECT t1."id" AS "id",t1."title" AS "title",t1."signed" AS "signed",t1."signed_sort" AS "~0",t1."id" AS "~1"
 FROM "agreements" t1
 WHERE ((t1."signed_sort">=$1 AND t1."signed_sort"<=$2 AND t1."signed_latest"<=$2) AND t1."id" IN 
(SELECT t2."agreement"
 FROM "parties" t2
 WHERE t2."agreement" IS NOT NULL AND (t2."actor_type"='organization' AND t2."actor" IN 
(SELECT t3."id"
 FROM "organizations" t3
 WHERE (t3."country"=$3))))) AND (t1."signed_sort",t1."id")>($5,$6)
 ORDER BY t1."signed_sort",t1."id" LIMIT $7) r
 ORDER BY r."~0" DESC,r."~1" DESC) t1)||'}')
-- examines about 58 rows
