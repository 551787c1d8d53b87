#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>

#include "base/failure.hpp"
#include "base/log.hpp"
#include "bench/cart.hpp"
#include "bench/centrifugo_connection.hpp"
#include "bench/fanout.hpp"
#include "bench/history.hpp"
#include "bench/idle.hpp"
#include "bench/log.hpp"
#include "bench/nats_connection.hpp"
#include "bench/presence.hpp"
#include "bench/search.hpp"
#include "bench/send.hpp"
#include "bench/stomp_connection.hpp"
#include "bench/storm.hpp"
#include "bench/stream.hpp"

namespace loquat::bench {
namespace {

struct CrowdOptions {
    Target target;
    std::vector<std::uint16_t> ports;  // of one server or of several, used in turn
    std::string protocol = "stomp";
    std::string tokens_file;
    std::string chats_file;
    std::size_t connections = 1000;
    std::size_t rooms = 1;  // of peers
};

std::vector<std::string> read_lines(const std::string& file) {
    std::ifstream in{file};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty()) {
            lines.push_back(line);
        }
    }
    if (lines.empty()) {
        throw Failure{Kind::invalid, "bench.empty_file", "nothing to read in " + file};
    }
    return lines;
}

std::vector<ChatId> read_chats(const std::string& file) {
    std::vector<ChatId> chats;
    for (const std::string& line : read_lines(file)) {
        const auto id = ChatId::parse(line);
        if (!id) {
            throw Failure{Kind::invalid, "bench.bad_id", line + " is not an id"};
        }
        chats.push_back(*id);
    }
    return chats;
}

Target target_of(const CrowdOptions& options, std::size_t index) {
    return {options.target.host, options.ports[index % options.ports.size()]};
}

// Peers have no accounts, and rooms by any name.
Crowd make_peers(aio::Loop& loop, const CrowdOptions& options) {
    Crowd crowd;
    while (crowd.size() < options.connections) {
        const Target target = target_of(options, crowd.size());
        if (options.protocol == "nats") {
            crowd.push_back(std::make_unique<NatsConnection>(loop, target));
        } else {
            // Neighbours of one room are at different servers.
            const std::size_t room = crowd.size() / options.ports.size() % options.rooms;
            crowd.push_back(std::make_unique<CentrifugoConnection>(loop, target,
                                                                   "room" + std::to_string(room)));
        }
    }
    return crowd;
}

Crowd make_crowd(aio::Loop& loop, const CrowdOptions& options) {
    if (options.protocol != "stomp") {
        return make_peers(loop, options);
    }
    Crowd crowd;
    const auto tokens = read_lines(options.tokens_file);
    const auto chats = read_lines(options.chats_file);
    while (crowd.size() < options.connections) {
        StompLogin login{target_of(options, crowd.size()), tokens[crowd.size() % tokens.size()],
                         chats[crowd.size() % chats.size()]};
        crowd.push_back(std::make_unique<StompConnection>(loop, std::move(login)));
    }
    return crowd;
}

// A crowd lives as long as its scenario, on the scenario's loop.
template <class Options, class Measure>
int run_crowd(CrowdOptions crowd_options, Options options, Measure measure) {
    lift_file_limit();
    return run_scenario([=](aio::Loop& loop) -> Task<wire::Value> {
        Crowd crowd = make_crowd(loop, crowd_options);
        wire::Value result = co_await measure(loop, crowd, options);
        co_return result;
    });
}

CLI::App* add_crowd(CLI::App& app, const std::string& name, const std::string& what,
                    CrowdOptions& crowd) {
    CLI::App* command = app.add_subcommand(name, what);
    command->add_option("--host", crowd.target.host, "numeric address of the server");
    command->add_option("--port", crowd.ports, "its port; several are used in turn")->required();
    command->add_option("--protocol", crowd.protocol, "stomp, nats or centrifugo")
        ->check(CLI::IsMember({"stomp", "nats", "centrifugo"}));
    command->add_option("--rooms", crowd.rooms, "of nats and centrifugo, used in turn");
    command->add_option("--tokens", crowd.tokens_file,
                        "a file with one access token a line, used in turn");
    command->add_option("--chats", crowd.chats_file,
                        "a file with one chat id a line, used in turn");
    command->add_option("--connections", crowd.connections, "how many");
    return command;
}

void add_fanout(CLI::App& app, CrowdOptions& crowd, FanoutOptions& options, int& code) {
    CLI::App* command = add_crowd(app, "fanout", "messages to a room of many subscribers", crowd);
    command->add_option("--pid", options.server_pids, "processes whose CPU time is taken together")
        ->required();
    command->add_option("--publishers", options.publishers);
    command->add_option("--outstanding", options.outstanding,
                        "messages of one publisher on their way");
    command->add_option("--text-bytes", options.text_bytes);
    command->add_option("--warm-up", options.warm_up_seconds, "seconds");
    command->add_option("--seconds", options.seconds);
    command->callback([&] { code = run_crowd(crowd, options, &measure_fanout); });
}

void add_idle(CLI::App& app, CrowdOptions& crowd, IdleOptions& options, int& code) {
    CLI::App* command = add_crowd(app, "idle", "memory of silent subscribed connections", crowd);
    command->add_option("--pid", options.server_pid, "process whose memory is taken")->required();
    command->add_option("--settle-connections", options.settle_connections,
                        "opened before the first look");
    command->add_option("--settle", options.settle_seconds, "seconds");
    command->callback([&] { code = run_crowd(crowd, options, &measure_idle); });
}

void add_send(CLI::App& app, CrowdOptions& crowd, SendOptions& options, int& code) {
    CLI::App* command = add_crowd(app, "send", "durable sends with receipts", crowd);
    command->add_option("--pid", options.server_pid, "process whose CPU time is taken")->required();
    command->add_option("--outstanding", options.outstanding, "of one sender");
    command->add_option("--text-bytes", options.text_bytes);
    command->add_option("--warm-up", options.warm_up_seconds, "seconds");
    command->add_option("--seconds", options.seconds);
    command->callback([&] { code = run_crowd(crowd, options, &measure_send); });
}

void add_stream(CLI::App& app, StreamOptions& options, int& code) {
    CLI::App* command =
        app.add_subcommand("stream", "answers of an assistant from a paced provider of its own");
    command->add_option("--host", options.target.host, "numeric address of the server");
    command->add_option("--port", options.target.port, "its port")->required();
    command->add_option("--pid", options.server_pid, "process whose CPU time and memory are taken")
        ->required();
    command
        ->add_option("--provider-port", options.provider_port,
                     "where the server looks for its provider")
        ->required();
    command->add_option("--generations", options.generations,
                        "answers at the same time, each of another user");
    command->add_option("--alone", options.alone, "answers one after the other, before");
    command
        ->add_option("--stalled", options.stalled_share, "share of the readers that read nothing")
        ->check(CLI::Range(0., 1.));
    command->add_option("--deltas", options.deltas, "of one answer");
    command->add_option("--apart", options.apart_ms, "milliseconds between two deltas");
    command->callback([&options, &code] {
        lift_file_limit();
        code = run_scenario([&options](aio::Loop& loop) { return measure_stream(loop, options); });
    });
}

struct PeopleArguments {
    Target target;
    int server_pid = 0;
    std::string tokens_file;
    std::string chat_id;
    std::size_t people = 1000;
    std::size_t listeners = 100;
    std::size_t messages = 20;
    double pause_seconds = 0.3;
};

void add_people(CLI::App& app, PeopleArguments& arguments, int& code) {
    CLI::App* presence =
        app.add_subcommand("presence", "people of one room come and go, some listen");
    CLI::App* lists =
        app.add_subcommand("lists", "messages to a room, without and with everybody's list");
    for (CLI::App* command : {presence, lists}) {
        command->add_option("--port", arguments.target.port, "the server's port")->required();
        command->add_option("--pid", arguments.server_pid, "its process")->required();
        command->add_option("--tokens", arguments.tokens_file, "an access token a line")
            ->required();
        command->add_option("--people", arguments.people, "the first of these tokens");
    }
    presence->add_option("--listeners", arguments.listeners);
    lists->add_option("--chat", arguments.chat_id, "the room's id")->required();
    lists->add_option("--messages", arguments.messages);
    lists->add_option("--pause", arguments.pause_seconds, "seconds between two messages");
    const auto read_tokens = [&arguments] {
        lift_file_limit();
        auto tokens = read_lines(arguments.tokens_file);
        tokens.resize(std::min(tokens.size(), arguments.people));
        return tokens;
    };
    presence->callback([&arguments, &code, read_tokens] {
        PresenceOptions options{arguments.target, arguments.server_pid, read_tokens(),
                                arguments.listeners};
        code = run_scenario([=](aio::Loop& loop) { return measure_presence(loop, options); });
    });
    lists->callback([&arguments, &code, read_tokens] {
        ListsOptions options{arguments.target,  arguments.server_pid, read_tokens(),
                             arguments.chat_id, arguments.messages,   arguments.pause_seconds};
        code = run_scenario([=](aio::Loop& loop) { return measure_lists(loop, options); });
    });
}

struct StormArguments {
    StormOptions options;
    std::string tokens_file;
    std::string chats_file;
};

void add_storm(CLI::App& app, StormArguments& arguments, int& code) {
    CLI::App* command =
        app.add_subcommand("storm", "many connections are cut at once and come back");
    StormOptions& options = arguments.options;
    command->add_option("--port", options.target.port, "the server's port")->required();
    command->add_option("--tokens", arguments.tokens_file, "an access token a line")->required();
    command->add_option("--chats", arguments.chats_file, "a chat id a line")->required();
    command->add_option("--guests", options.guests, "who are cut");
    command->add_option("--others", options.others, "who talk and are not");
    command->add_option("--rate", options.messages_per_second, "messages a second of all others");
    command->add_option("--at-once", options.at_once, "who are coming back at the same time");
    command->add_option("--calm", options.calm_seconds, "seconds before the cut");
    command->add_option("--away", options.away_seconds, "seconds until they come back");
    command->callback([&arguments, &code] {
        lift_file_limit();
        arguments.options.tokens = read_lines(arguments.tokens_file);
        arguments.options.chats = read_lines(arguments.chats_file);
        code =
            run_scenario([&](aio::Loop& loop) { return measure_storm(loop, arguments.options); });
    });
}

struct HistoryArguments {
    std::string file;
    std::string url;
    std::string chats_file;
    std::string sender;
    std::size_t count = 20'000;
};

void add_history(CLI::App& app, HistoryArguments& arguments, int& code) {
    CLI::App* fill = app.add_subcommand("history-fill",
                                        "store many messages into a stopped platform's database");
    CLI::App* read =
        app.add_subcommand("history-read", "last 50 messages of random rooms, at the store");
    for (CLI::App* command : {fill, read}) {
        command->add_option("--file", arguments.file, "messages.db");
        command->add_option("--url", arguments.url, "of PostgreSQL or MongoDB instead of a file");
        command->add_option("--chats", arguments.chats_file, "a file with one chat id a line")
            ->required();
    }
    fill->add_option("--sender", arguments.sender, "a user's id")->required();
    fill->add_option("--messages", arguments.count)->required();
    read->add_option("--reads", arguments.count);
    fill->callback([&] {
        const auto sender = UserId::parse(arguments.sender);
        if (!sender) {
            throw Failure{Kind::invalid, "bench.bad_id", arguments.sender + " is not an id"};
        }
        HistoryFillOptions options{{arguments.file, arguments.url},
                                   read_chats(arguments.chats_file),
                                   *sender,
                                   arguments.count};
        code = run_scenario([=](aio::Loop&) { return fill_history(options); });
    });
    read->callback([&] {
        HistoryReadOptions options{
            {arguments.file, arguments.url}, read_chats(arguments.chats_file), arguments.count};
        code = run_scenario([=](aio::Loop&) { return read_history(options); });
    });
}

void add_log(CLI::App& app, LogOptions& options, LogOpenOptions& opened, int& code) {
    CLI::App* log = app.add_subcommand("log", "durable appends at the port of the log");
    log->add_option("--folder", options.folder, "of the log; made");
    log->add_option("--url", options.url, "of RabbitMQ or Kafka instead of a folder");
    log->add_option("--outstanding", options.outstanding, "appends at the same time");
    log->add_option("--record-bytes", options.record_bytes);
    log->add_option("--seconds", options.seconds);
    log->callback(
        [&] { code = run_scenario([&](aio::Loop& loop) { return measure_log(loop, options); }); });
    CLI::App* open = app.add_subcommand("log-open", "fill a log, then open it");
    open->add_option("--folder", opened.folder, "of the log; made")->required();
    open->add_option("--bytes", opened.bytes, "that it has then");
    open->callback([&] {
        code = run_scenario([&](aio::Loop& loop) { return measure_log_open(loop, opened); });
    });
}

void add_search(CLI::App& app, SearchOptions& options, int& code) {
    CLI::App* search = app.add_subcommand("search", "a catalogue in memory: times and quality");
    search->add_option("--products", options.products_file, "JSON lines of products")->required();
    search->add_option("--ratings", options.ratings_file, "JSON lines of query, sku and rating");
    search->add_option("--rounds", options.rounds, "of all queries, for the times");
    search->callback([&] {
        std::cout << wire::to_json(measure_search(options)) << '\n';
        code = 0;
    });
}

void add_cart(CLI::App& app, CartOptions& options, CentsOptions& cents, int& code) {
    CLI::App* cart = app.add_subcommand("cart", "durable changes of carts");
    cart->add_option("--folder", options.folder, "of the database; made")->required();
    cart->add_option("--outstanding", options.outstanding, "changes at the same time");
    cart->add_option("--lines", options.lines, "of each cart");
    cart->add_flag("--keyed", options.keyed, "with an Idempotency-Key each");
    cart->add_option("--seconds", options.seconds);
    cart->callback(
        [&] { code = run_scenario([&](aio::Loop& loop) { return measure_cart(loop, options); }); });
    CLI::App* check = app.add_subcommand("cart-cents", "price random carts and reckon them again");
    check->add_option("--carts", cents.carts, "how many");
    check->add_option("--seed", cents.seed);
    check->callback([&] {
        code = run_scenario([&](aio::Loop& loop) { return count_wrong_cents(loop, cents); });
    });
}

int run(int argc, char** argv) {
    start_logging(Level::warn, LogFormat::pretty);
    CLI::App app{"Load for Loquat's benches; each command prints one line of JSON.",
                 "loquat-bench"};
    app.require_subcommand(1);
    int code = 0;
    CrowdOptions crowd;
    FanoutOptions fanout;
    IdleOptions idle;
    SendOptions send;
    StreamOptions stream;
    HistoryArguments history;
    PeopleArguments people;
    StormArguments storm;
    add_storm(app, storm, code);
    add_fanout(app, crowd, fanout, code);
    add_idle(app, crowd, idle, code);
    add_send(app, crowd, send, code);
    add_stream(app, stream, code);
    LogOptions log;
    LogOpenOptions log_open;
    add_history(app, history, code);
    add_log(app, log, log_open, code);
    CartOptions cart;
    CentsOptions cents;
    add_cart(app, cart, cents, code);
    add_people(app, people, code);
    SearchOptions search;
    add_search(app, search, code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    } catch (const Failure& failure) {
        std::cerr << "loquat-bench: " << failure.message << '\n';
        return 1;
    }
    return code;
}

}  // namespace
}  // namespace loquat::bench

int main(int argc, char** argv) { return loquat::bench::run(argc, argv); }
