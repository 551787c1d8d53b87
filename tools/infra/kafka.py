"""Kafka in one process (KRaft), from Maven."""
import shutil
import struct

from tools.infra.server import Server, ask, need_program, run

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>loquat.infra</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>3.9.1</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
"""
# ApiVersions, version 0, correlation 7, client "infra": what any client asks first.
VERSIONS = struct.pack(">hhih5s", 18, 0, 7, 5, b"infra")


class Kafka(Server):
    name = "kafka"
    versions = POM
    port_names = ("server", "controller")

    def install_into(self, folder):
        (folder / "pom.xml").write_text(POM)
        run([need_program("mvn", "Kafka comes from Maven"), "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"],
            folder / "install.log", folder)

    def java(self, *arguments):
        return [need_program("java", "Kafka needs it"), "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-cp", f"{self.programs}/lib/*", *arguments]

    def prepare(self):
        ports = self.state.ports
        settings = {
            "process.roles": "broker,controller", "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{ports['controller']}", "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.host}:{ports['server']},CONTROLLER://127.0.0.1:{ports['controller']}",
            "advertised.listeners": f"PLAINTEXT://{self.host}:{ports['server']}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self.data / "log", "auto.create.topics.enable": "false", "num.network.threads": 2, "num.io.threads": 2,
            "offsets.topic.replication.factor": 1, "transaction.state.log.replication.factor": 1, "transaction.state.log.min.isr": 1,
            "offsets.topic.num.partitions": 4, "transaction.state.log.num.partitions": 4, "group.initial.rebalance.delay.ms": 0,
            # One that was killed waits for its own former self to be forgotten.
            "broker.session.timeout.ms": 2000, "broker.heartbeat.interval.ms": 500,
        }
        self.settings().write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        shutil.rmtree(self.data / "log", ignore_errors=True)
        # Any identity does, 22 characters of base64url.
        run(self.java("kafka.tools.StorageTool", "format", "-t", "bG9xdWF0LWluZnJhLWthZg", "-c", self.settings()), self.log, self.data)

    def change(self, topic, setting):
        """As an operator does it."""
        run(self.java("kafka.admin.ConfigCommand", "--bootstrap-server", f"{self.host}:{self.state.ports['server']}", "--alter",
                      "--topic", topic, "--add-config", setting), self.log, self.data)

    def settings(self):
        return self.folder / "server.properties"

    def command(self):
        return self.java("kafka.Kafka", self.settings())

    def is_ready(self):
        said = ask(self.state.ports["server"], struct.pack(">i", len(VERSIONS)) + VERSIONS, host=self.host)
        return len(said) >= 10 and struct.unpack(">ih", said[4:10]) == (7, 0)

    def url(self):
        return f"kafka://{self.host}:{self.state.ports['server']}"
