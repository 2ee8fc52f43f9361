import static org.codelibs.elasticsearch.runner.ElasticsearchClusterRunner.newConfigs;

import org.codelibs.elasticsearch.runner.ElasticsearchClusterRunner;

/** One node of a real Elasticsearch until standard input closes; arguments: folder, HTTP port. */
public class RealElasticsearch {
    public static void main(String[] args) throws Exception {
        ElasticsearchClusterRunner runner = new ElasticsearchClusterRunner();
        runner.onBuild((number, settings) -> {
            settings.putList("node.roles", "master", "data", "ingest");
            settings.put("http.port", args[1]);
            settings.put("http.host", "127.0.0.1");
            settings.put("transport.host", "127.0.0.1");
            settings.put("transport.port", "0");
            settings.put("discovery.type", "single-node");
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
        });
        runner.build(newConfigs().basePath(args[0]).numOfNode(1).clusterName("real"));
        while (System.in.read() >= 0) { }
        runner.close();
        // Threads of the runner would keep the process.
        System.exit(0);
    }
}
