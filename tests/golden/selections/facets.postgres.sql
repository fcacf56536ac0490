SELECT ('{"organizations":{"totalCount":'||(
(SELECT count(*)
 FROM "organizations" t1
 WHERE NOT (t1."city" IS NOT NULL AND strpos(t1."city_folded",$1)>0)))::text||',"groupBy":['||coalesce(
(SELECT string_agg(('{"key":'||coalesce(to_json(t2.k)::text,'null')||',"count":'||(t2.n)::text||',"record":'||coalesce(
(SELECT ('{"name":'||to_json(t3."name")::text||'}')
 FROM "countries" t3
 WHERE t3."id"=t2.k),'null')||'}'),',')
 FROM 
(SELECT t1."country" AS k,count(*) AS n
 FROM "organizations" t1
 WHERE NOT (t1."city" IS NOT NULL AND strpos(t1."city_folded",$1)>0)
 GROUP BY t1."country"
 ORDER BY count(*) DESC,t1."country" IS NULL,t1."country" LIMIT $2) t2),'')||']}}')
-- examines about 70 rows
