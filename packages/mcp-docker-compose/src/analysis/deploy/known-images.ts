const databases =
  /(^|\/)(postgres|postgis|timescaledb|mysql|mariadb|percona|mongo|redis|valkey|keydb|memcached|elasticsearch|opensearch|cassandra|scylla|clickhouse[^/:]*|influxdb|couchdb|neo4j|rabbitmq|kafka|zookeeper|etcd|consul|minio|qdrant|weaviate|meilisearch|typesense|cockroach|tidb|arangodb|mssql[^/:]*|oracle[^/:]*)(?=$|[:@])/;

/** Whether an image is one of the well-known stores that two of must not write one volume; by its name, tag ignored. */
export function isDatabaseImage(reference: string): boolean {
  return databases.test(reference.toLowerCase());
}
