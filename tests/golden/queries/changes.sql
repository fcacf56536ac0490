SELECT CAST(('{"release":'||CAST(?1 AS TEXT)||',"changes":'||CAST(?2 AS TEXT)||'}') AS BLOB)
