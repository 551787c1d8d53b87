#include "apps/loquat/commands.hpp"
#include "apps/loquat/modules.hpp"
#include "apps/loquat/options.hpp"
#include "apps/loquat/processes/run_processes.hpp"

namespace loquat::app {
namespace {

struct UpOptions {
    CommonOptions common;
    int port = -1;
    std::string address;
    bool tls_self_signed = false;
    bool processes = false;
    bool tls = false;
    std::string instances;

    void apply() {
        if (port >= 0) {
            common.flags.push_back({"--port", "gateway.port=" + std::to_string(port)});
        }
        if (!address.empty()) {
            common.flags.push_back({"--address", "gateway.address=" + address});
        }
        if (tls_self_signed) {
            common.flags.push_back({"--tls-self-signed", "gateway.tls.self_signed=true"});
        }
    }
};

}  // namespace

void add_up(Command program, int& code) {
    const Command command = program.add("up", "run the whole platform");
    auto options = std::make_shared<UpOptions>();
    options->common.add_to(command);
    command
        .option("-p,--port", options->port, "port of the gateway (default 8080; 0: any free one)")
        .takes("PORT")
        .in_range(0, 65535);
    command
        .option("--address", options->address,
                "address to listen on (default 127.0.0.1; 0.0.0.0 for all)")
        .takes("ADDRESS");
    command.flag("--tls-self-signed", options->tls_self_signed,
                 "HTTPS with a certificate of its own: self-signed.pem in the data folder");
    command.flag("--processes", options->processes,
                 "each service in a process of its own, under this one as supervisor");
    command.flag("--tls", options->tls,
                 "with --processes: they know each other by certificates, made and renewed here");
    command
        .option("--instances", options->instances,
                "with --processes on servers: how many of each service, 2 or chat=2,consumer=3")
        .takes("NUMBERS");
    command.footer(
        "Prints `ready http://HOST:PORT` once it serves. Ctrl-C stops it cleanly. Data is kept in "
        "--data.\n"
        "With --processes each has a folder below it; one that ends is started again, all share "
        "one "
        "view of their\n"
        "logs, and a second Ctrl-C kills them. `loquat ps` shows how they are: docs/platform.md.\n"
        "examples:\n"
        "  loquat up --port 9000 --data /srv/loquat --address 0.0.0.0\n"
        "  loquat up --set gateway.limits.user_per_minute=1200\n"
        "  loquat up --tls-self-signed\n"
        "  loquat up --processes --tls --data /srv/loquat");
    command.on_run([options, &code] {
        options->apply();
        if (options->processes) {
            code = run_processes(options->common,
                                 options->tls ? Certificates::made : Certificates::as_configured,
                                 options->instances);
            return;
        }
        if (options->tls) {
            refuse_option("--tls", "is for --processes: one process has nobody to speak TLS with");
        }
        if (!options->instances.empty()) {
            refuse_option("--instances", "is for --processes: one process has one of each");
        }
        refuse_data_of_processes(options->common.data);
        auto platform = options->common.platform(services::all_modules());
        platform.service_port = runtime::ServicePort{};
        code = runtime::run(std::move(platform));
    });
}

void add_serve(Command program, int& code) {
    struct ServeOptions {
        CommonOptions common;
        std::vector<std::string> names;
        std::string address = "127.0.0.1";
        int port = 0;
    };
    const Command command = program.add("serve", "run some services in this process");
    auto options = std::make_shared<ServeOptions>();
    options->common.add_to(command);
    command
        .option("services", options->names,
                "which ones: " + names_of(services::all_modules(), {" ", " "}))
        .takes("NAME")
        .required();
    command
        .option("--service-address", options->address,
                "address on which other processes reach them (default 127.0.0.1)")
        .takes("ADDRESS");
    command
        .option("--service-port", options->port,
                "port on which other processes reach them (default 0: any free one)")
        .takes("PORT")
        .in_range(0, 65535);
    command.footer(
        "Prints `ready http://HOST:PORT` once it serves: of the gateway, or of the services where "
        "it is not here.\n"
        "Each process has a data folder of its own. All need the same platform.internal_key, and "
        "platform.urls says\n"
        "where the services of other processes are. " +
        names_of(modules_together(), {}) +
        " share an embedded log and\n"
        "broadcast and belong into one process: name all of them, or none, unless store.log, "
        "store.broadcast and\nstore.sql are at servers. " +
        names_of(modules_that_need("auth"), {}) +
        " need auth.\n"
        "example, two processes:\n"
        "  export LOQUAT_PLATFORM__INTERNAL_KEY=$(openssl rand -hex 32)\n"
        "  loquat serve auth --service-port 7100 --data ./auth &\n"
        "  loquat serve model chat consumer presence realtime gateway --data ./rest \\\n"
        "      --set 'platform.urls=[{service: auth, url: \"http://127.0.0.1:7100\"}]'");
    command.on_run([options, &code] {
        const auto modules = modules_to_serve(options->names, [&] {
            return options->common.load().get<runtime::StoreConfig>("store");
        });
        auto platform = options->common.platform(modules);
        platform.taken_port = runtime::TakenPort::refuse;
        platform.service_port =
            runtime::ServicePort{options->address, static_cast<std::uint16_t>(options->port)};
        code = runtime::run(std::move(platform));
    });
}

}  // namespace loquat::app
