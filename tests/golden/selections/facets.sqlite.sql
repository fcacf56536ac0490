SELECT CAST(('{"organizations":{"totalCount":'||
(SELECT count(*)
 FROM "organizations" t1
 WHERE NOT (t1."city" IS NOT NULL AND instr(fold(t1."city"),?1)>0))||',"groupBy":['||coalesce(
(SELECT group_concat(('{"key":'||json_quote(t2.k)||',"count":'||t2.n||',"record":'||coalesce(
(SELECT ('{"name":'||json_quote(t3."name")||'}')
 FROM "countries" t3
 WHERE t3."id"=t2.k),'null')||'}'),',')
 FROM 
(SELECT t1."country" AS k,count(*) AS n
 FROM "organizations" t1
 WHERE NOT (t1."city" IS NOT NULL AND instr(fold(t1."city"),?1)>0)
 GROUP BY t1."country"
 ORDER BY count(*) DESC,t1."country" IS NULL,t1."country" LIMIT ?2) t2),'')||']}}') AS BLOB)
-- examines about 70 rows
