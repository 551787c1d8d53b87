#include "runtime/tls/platform_tls.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/log.hpp"

namespace loquat::runtime {
namespace {

const LogContext here{.service = "platform"};
constexpr std::chrono::days warned_before{7};
constexpr std::size_t notes_max = 1'000;
constexpr std::size_t file_bytes_max = 1024 * 1024;

std::string read(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    std::string text(file_bytes_max, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (!in.is_open() || in.bad() || text.empty()) {
        throw Failure{Kind::invalid, "tls.bad_file", "The file " + file + " cannot be read."};
    }
    return text;
}

std::string also_options(const std::vector<std::string>& services) {
    std::string words = services.empty() ? "" : services.front();
    for (std::size_t i = 1; i < services.size(); ++i) {
        words += " --also " + services[i];
    }
    return words;
}

void check_pair(const PlatformTlsConfig& config, const net::tls::KeyPair& pair,
                const std::string& authorities) {
    if (!net::tls::is_pair(pair)) {
        throw Failure{
            Kind::invalid, "tls.bad_certificate",
            "The key " + config.key + " does not fit the certificate " + config.certificate + "."};
    }
    if (!net::tls::is_signed_by(pair.certificates, authorities)) {
        throw Failure{Kind::invalid, "tls.unknown_authority",
                      "The certificate " + config.certificate + " is of another authority than " +
                          config.ca + "."};
    }
}

void check_names(const PlatformTlsConfig& config, const net::tls::CertificateFacts& facts,
                 const std::vector<std::string>& services) {
    for (const std::string& service : services) {
        if (std::ranges::find(facts.names, service) == facts.names.end()) {
            throw Failure{Kind::invalid, "tls.wrong_service",
                          "The certificate " + config.certificate + " is not for " + service +
                              ", which this process serves: make one with `loquat certs issue " +
                              also_options(services) + "`."};
        }
    }
}

}  // namespace

PlatformTls::PlatformTls(PlatformTlsConfig config, std::vector<std::string> services,
                         const Clock& clock)
    : config_(std::move(config)),
      services_(std::move(services)),
      clock_(clock),
      files_({config_.ca, config_.certificate, config_.key}) {
    loaded_ = load();
    if (const auto wrong = problem()) {
        log_error(here, "the certificate of this process is of no use now",
                  {{"certificate", config_.certificate}, {"problem", *wrong}});
    }
}

PlatformTls::Loaded PlatformTls::load() const {
    using namespace net::tls;
    Loaded loaded;
    if (config_.ca.empty()) {
        return loaded;
    }
    const std::string authorities = read(config_.ca);
    if (!is_mutual()) {
        loaded.client = ClientContext::make_trusting(authorities);
        return loaded;
    }
    const KeyPair pair{read(config_.certificate), read(config_.key)};
    check_pair(config_, pair, authorities);
    loaded.facts = read_facts(pair.certificates);
    check_names(config_, *loaded.facts, services_);
    loaded.server = ServerContext::make_mutual(pair, authorities);
    loaded.client = ClientContext::make_mutual(pair, authorities);
    return loaded;
}

std::shared_ptr<const net::tls::ServerContext> PlatformTls::server() const {
    const std::lock_guard lock{mutex_};
    return loaded_.server;
}

// The system's authorities take 50 ms to read: only who calls somebody with https pays.
std::shared_ptr<const net::tls::ClientContext> PlatformTls::client() const {
    const std::lock_guard lock{mutex_};
    if (!loaded_.client) {
        loaded_.client = net::tls::ClientContext::make();
    }
    return loaded_.client;
}

net::http::ClientConfig PlatformTls::for_calls(net::http::ClientConfig config,
                                               std::string service) const {
    config.tls_of_now = [this] { return client(); };
    config.tls_name = is_mutual() ? std::move(service) : std::string{};
    return config;
}

net::http::ServerConfig PlatformTls::for_server(net::http::ServerConfig config) {
    config.on_tls_trouble = [this](const net::Endpoint& peer, net::tls::Trouble trouble,
                                   const std::string& reason) {
        note_refused(peer, trouble, reason);
    };
    return config;
}

net::http::Server::TlsOfNow PlatformTls::listens_with() const {
    if (!is_mutual()) {
        return {};
    }
    return [this] { return server(); };
}

void PlatformTls::look() {
    if (files_.have_changed()) {
        take(WatchedFiles::Word::early);
    }
    warn_of_end();
}

void PlatformTls::reload() { take(WatchedFiles::Word::last); }

void PlatformTls::take(WatchedFiles::Word word) {
    using Verdict = WatchedFiles::Verdict;
    if (config_.ca.empty()) {
        return;
    }
    const auto outcome = files_.take(word, [this] {
        Loaded fresh = load();
        const std::lock_guard lock{mutex_};
        loaded_ = std::move(fresh);
    });
    if (outcome.verdict == Verdict::taken) {
        const auto until = expires_at();
        log_info(
            here, "certificates are taken from new files",
            {{"certificate", config_.certificate}, {"until", until ? to_rfc3339(*until) : ""}});
    } else if (outcome.verdict == Verdict::refused) {
        log_error(here, "certificates stay as they are: the new files are of no use",
                  {{"code", outcome.why->code}, {"problem", outcome.why->message}});
    }
}

Task<void> PlatformTls::keep_looking() {
    while (true) {
        co_await aio::Loop::current().sleep_for(WatchedFiles::look_pause);
        look();
    }
}

std::optional<Time> PlatformTls::expires_at() const {
    const std::lock_guard lock{mutex_};
    return loaded_.facts ? std::optional{loaded_.facts->validity.until} : std::nullopt;
}

std::optional<std::string> PlatformTls::problem() const {
    const std::lock_guard lock{mutex_};
    if (!loaded_.facts) {
        return std::nullopt;
    }
    const Time now = clock_.now();
    const net::tls::Validity& validity = loaded_.facts->validity;
    if (now >= validity.until) {
        return "the certificate of this process expired at " + to_rfc3339(validity.until);
    }
    if (now < validity.from) {
        return "the certificate of this process is not valid before " + to_rfc3339(validity.from) +
               "; it is " + to_rfc3339(now) + " here";
    }
    return std::nullopt;
}

bool PlatformTls::is_refusing_files() const { return files_.is_refusing(); }

void PlatformTls::warn_of_end() {
    const auto until = expires_at();
    const Time now = clock_.now();
    if (!until || *until - now > warned_before) {
        return;
    }
    const std::lock_guard lock{mutex_};
    Time& noted = noted_["end"];
    if (now - noted >= std::chrono::days{1}) {
        noted = now;
        log_warn(here, "the certificate of this process ends soon: renew it",
                 {{"certificate", config_.certificate}, {"until", to_rfc3339(*until)}});
    }
}

void PlatformTls::count_in(Metrics& metrics) {
    metrics_ = &metrics;
    if (!is_mutual()) {
        return;
    }
    metrics.gauge_of("loquat_tls_certificate_expires_seconds",
                     "How long the certificate of this process is still valid.", {}, [this] {
                         const auto left = expires_at().value_or(clock_.now()) - clock_.now();
                         return static_cast<double>(left.count()) / 1e3;
                     });
    metrics.gauge_of("loquat_tls_files_refused",
                     "1 while the certificate files on disk cannot be used.", {},
                     [this] { return is_refusing_files() ? 1.0 : 0.0; });
}

bool PlatformTls::is_first_in_a_minute(const std::string& what) {
    const Time now = clock_.now();
    const std::lock_guard lock{mutex_};
    if (noted_.size() >= notes_max) {
        noted_.clear();
    }
    const auto [noted, is_new] = noted_.try_emplace(what, now);
    if (!is_new && now - noted->second < std::chrono::minutes{1}) {
        return false;
    }
    noted->second = now;
    return true;
}

void PlatformTls::note_refused(const net::Endpoint& peer, net::tls::Trouble trouble,
                               const std::string& reason) {
    note_refused(peer.address.to_string(), net::tls::code_for_listener(trouble), reason);
}

void PlatformTls::note_refused(const std::string& peer, const char* code,
                               const std::string& reason) {
    if (metrics_ != nullptr) {
        metrics_
            ->counter("loquat_tls_refused_total",
                      "Connections and calls refused for what TLS says.", {{"code", code}})
            .add();
    }
    if (is_first_in_a_minute(std::string{code} + " " + peer)) {
        log_warn(here, "a connection between processes is refused",
                 {{"peer", peer}, {"code", code}, {"reason", reason}});
    }
}

void PlatformTls::note_failed_call(const std::string& service, const Failure& failure) {
    if (is_of_tls(failure) && is_first_in_a_minute(failure.code + " " + service)) {
        log_warn(here, "a service cannot be called",
                 {{"service", service}, {"code", failure.code}, {"reason", failure.detail}});
    }
}

bool is_of_tls(const Failure& failure) {
    using net::tls::Trouble;
    if (failure.code == "upstream.needs_tls" || failure.code == "upstream.no_certificate") {
        return true;
    }
    for (int i = static_cast<int>(Trouble::certificate_expired);
         i < static_cast<int>(Trouble::broken); ++i) {
        if (failure.code == net::tls::code_for_caller(static_cast<Trouble>(i))) {
            return true;
        }
    }
    return false;
}

}  // namespace loquat::runtime
