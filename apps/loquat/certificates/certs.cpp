#include <fmt/format.h>

#include "apps/loquat/certificates/folder.hpp"
#include "apps/loquat/commands.hpp"
#include "apps/loquat/modules.hpp"
#include "base/failure.hpp"
#include "wire/codec.hpp"

namespace loquat::app {
namespace {

// What `--json` prints of one.
struct CertificateText {
    std::string name;
    CertificateState state = CertificateState::good;
    std::vector<std::string> names;
    std::vector<std::string> addresses;
    Time from;
    Time until;
    std::string serial;
    std::string issuer;
    std::string certificate;
    std::string key;
};
BOOST_DESCRIBE_STRUCT(CertificateText, (),
                      (name, state, names, addresses, from, until, serial, issuer, certificate,
                       key))

CertificateText text_of(const CertificateFolder& folder, const CertificateLine& line) {
    return {.name = line.name,
            .state = line.state,
            .names = line.facts.names,
            .addresses = line.facts.addresses,
            .from = line.facts.validity.from,
            .until = line.facts.validity.until,
            .serial = line.facts.serial,
            .issuer = line.facts.issuer,
            .certificate = folder.certificate_file(line.name).string(),
            .key = folder.key_file(line.name).string()};
}

const char* words_of(CertificateState state) {
    switch (state) {
        case CertificateState::good:
            return "good";
        case CertificateState::due:
            return "due: renew it";
        case CertificateState::expired:
            return "EXPIRED: renew it";
        case CertificateState::not_yet_valid:
            return "NOT YET VALID: see the clock";
        case CertificateState::foreign:
            return "of ANOTHER authority";
        case CertificateState::no_key:
            return "its KEY is missing or another's";
        case CertificateState::unreadable:
            break;
    }
    return "UNREADABLE";
}

std::string joined(const std::vector<std::string>& names, const std::vector<std::string>& more) {
    std::string all;
    for (const auto* list : {&names, &more}) {
        for (const std::string& name : *list) {
            all += (all.empty() ? "" : " ") + name;
        }
    }
    return all;
}

std::string days_left(Time until, Time now) {
    return fmt::format("{} d", std::chrono::floor<std::chrono::days>(until - now).count());
}

void print_list(const CertificateFolder& folder, Time now) {
    const net::tls::CertificateFacts authority = folder.authority_facts();
    fmt::print("authority \"{}\" in {}, until {}\n", authority.subject, folder.path().string(),
               to_rfc3339(authority.validity.until));
    fmt::print("{:<14} {:<28} {:<24} {:>6}  {}\n", "NAME", "FOR", "UNTIL", "LEFT", "STATE");
    for (const CertificateLine& line : folder.list(now)) {
        const bool is_read = line.state != CertificateState::unreadable;
        fmt::print("{:<14} {:<28} {:<24} {:>6}  {}\n", line.name,
                   joined(line.facts.names, line.facts.addresses),
                   is_read ? to_rfc3339(line.facts.validity.until) : "-",
                   is_read ? days_left(line.facts.validity.until, now) : "-", words_of(line.state));
    }
}

void print_one(const CertificateFolder& folder, const CertificateLine& line, Time now) {
    const CertificateText text = text_of(folder, line);
    fmt::print("{:<13}{}\n", "certificate", text.certificate);
    fmt::print("{:<13}{}\n", "key", text.key);
    fmt::print("{:<13}{}\n", "state", words_of(text.state));
    if (line.state == CertificateState::unreadable) {
        return;
    }
    fmt::print("{:<13}{}\n", "for", joined(text.names, text.addresses));
    fmt::print("{:<13}{}\n", "from", to_rfc3339(text.from));
    fmt::print("{:<13}{} ({})\n", "until", to_rfc3339(text.until), days_left(text.until, now));
    fmt::print("{:<13}{}\n", "issued by", text.issuer);
    fmt::print("{:<13}{}\n", "serial", text.serial);
}

struct CertsOptions {
    std::string folder = "./certs";
    std::string name = "Loquat";
    std::vector<std::string> names;
    std::vector<std::string> also;
    std::vector<std::string> hosts;
    int days = 0;
    bool replace = false;
    bool all = false;
    bool json = false;

    CertificateFolder open() const { return CertificateFolder{folder}; }
    CertificateFolder::Existing existing() const {
        return replace ? CertificateFolder::Existing::replace : CertificateFolder::Existing::keep;
    }
};
using Shared = std::shared_ptr<CertsOptions>;

Time now() { return SystemClock{}.now(); }

Command add_verb(Command certs, const Shared& options, const std::string& name,
                 const std::string& what) {
    const Command command = certs.add(name, what);
    command.option("--folder", options->folder, "where they are (default ./certs)").takes("FOLDER");
    return command;
}

void add_init(Command certs) {
    auto options = std::make_shared<CertsOptions>();
    const Command command = add_verb(certs, options, "init", "make an authority of your own");
    options->days = static_cast<int>(CertificateFolder::authority_time.count());
    command.option("--name", options->name, "what it is called (default Loquat)").takes("NAME");
    command.option("--days", options->days, "how long it lasts (default 3650)")
        .takes("DAYS")
        .in_range(1, 36'500);
    command.flag("--replace", options->replace,
                 "also where one is; what the old one issued stays trusted");
    command.footer(
        "Keep ca.key where only you read it, best away from the machines that the platform runs "
        "on;\nca.pem goes to all of them.");
    command.on_run([options] {
        if (options->name.empty() || options->name.size() > 64) {
            refuse_option("--name", "has 1 to 64 characters");
        }
        const CertificateFolder folder = options->open();
        folder.make_authority(options->name, std::chrono::days{options->days}, options->existing(),
                              now());
        fmt::print("{}\n", folder.authority_file().string());
    });
}

// A name may be that of a program of one's own; most likely it is a slip.
void say_unknown(const std::vector<std::string>& services) {
    for (const std::string& name : services) {
        try {
            modules_named({name});
        } catch (const Failure& failure) {
            fmt::print(stderr, "loquat: note: {} Its certificate is made all the same.\n",
                       failure.message);
        }
    }
}

void add_issue(Command certs) {
    auto options = std::make_shared<CertsOptions>();
    const Command command =
        add_verb(certs, options, "issue", "make a certificate for each service");
    options->days = static_cast<int>(CertificateFolder::leaf_time.count());
    command.option("services", options->names, "its service: auth, gateway ...")
        .takes("SERVICE")
        .required();
    command.option("--also", options->also, "another service of the same process; may come again")
        .takes("SERVICE");
    command
        .option("--host", options->hosts,
                "address or name that programs check which know no services; may come again")
        .takes("HOST");
    command.option("--days", options->days, "how long it lasts (default 90)")
        .takes("DAYS")
        .in_range(1, 825);
    command.flag("--replace", options->replace, "also where one is");
    command.footer(
        "examples:\n"
        "  loquat certs issue auth model gateway\n"
        "  loquat certs issue chat --also consumer --also realtime   one process of three\n"
        "  loquat certs issue registry --host registry.example       for Eureka's clients, too");
    command.on_run([options] {
        const CertificateFolder folder = options->open();
        if (!options->also.empty() && options->names.size() > 1) {
            refuse_option("--also", "is for one certificate; name one service before it");
        }
        say_unknown(options->names);
        say_unknown(options->also);
        for (const std::string& name : options->names) {
            folder.issue({name, options->also, options->hosts, std::chrono::days{options->days}},
                         options->existing(), now());
            fmt::print("{}\n", folder.certificate_file(name).string());
        }
    });
}

void add_renew(Command certs) {
    auto options = std::make_shared<CertsOptions>();
    const Command command = add_verb(certs, options, "renew",
                                     "the same again, with new keys: those named, or what is due");
    command.option("services", options->names, "which ones (default: all that are due)")
        .takes("SERVICE");
    command.flag("--all", options->all, "all, due or not");
    command.footer(
        "Due is what has a third of its time or less before it. Processes take what is renewed by "
        "themselves.");
    command.on_run([options] {
        const CertificateFolder folder = options->open();
        std::vector<std::string> names = options->names;
        for (const CertificateLine& line : folder.list(now())) {
            const bool is_ours = line.state != CertificateState::unreadable;
            const bool is_wanted =
                options->all || (options->names.empty() && line.state != CertificateState::good);
            if (is_ours && is_wanted && std::ranges::find(names, line.name) == names.end()) {
                names.push_back(line.name);
            }
        }
        for (const std::string& name : names) {
            folder.renew(name, now());
            fmt::print("{}\n", folder.certificate_file(name).string());
        }
        if (names.empty()) {
            fmt::print(stderr, "nothing is due\n");
        }
    });
}

void add_list(Command certs, int& code) {
    auto options = std::make_shared<CertsOptions>();
    const Command command =
        add_verb(certs, options, "list", "what there is, for whom, until when, and what is due");
    command.flag("--json", options->json, "for programs: the same as JSON");
    command.footer("Ends with 1 when one is not good and not merely due.");
    command.on_run([options, &code] {
        const CertificateFolder folder = options->open();
        std::vector<CertificateText> all;
        for (const CertificateLine& line : folder.list(now())) {
            all.push_back(text_of(folder, line));
            const bool is_usable =
                line.state == CertificateState::good || line.state == CertificateState::due;
            code = is_usable ? code : 1;
        }
        if (options->json) {
            fmt::print("{}\n", wire::encode(all));
        } else {
            print_list(folder, now());
        }
    });
}

void add_show(Command certs) {
    auto options = std::make_shared<CertsOptions>();
    const Command command = add_verb(certs, options, "show", "one certificate");
    command.option("service", options->name, "whose").takes("SERVICE").required();
    command.flag("--json", options->json, "for programs: the same as JSON");
    command.on_run([options] {
        const CertificateFolder folder = options->open();
        const CertificateLine line = folder.get(options->name, now());
        if (options->json) {
            fmt::print("{}\n", wire::encode(text_of(folder, line)));
        } else {
            print_one(folder, line, now());
        }
    });
}

}  // namespace

void add_certs(Command program, int& code) {
    const Command command =
        program.add("certs", "certificates with which services know each other (mutual TLS)");
    command.needs_a_command();
    add_init(command);
    add_issue(command);
    add_renew(command);
    add_list(command, code);
    add_show(command);
    command.footer(
        "example:\n"
        "  loquat certs init\n"
        "  loquat certs issue auth model gateway\n"
        "  loquat certs list");
}

}  // namespace loquat::app
