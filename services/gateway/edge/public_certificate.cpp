#include "services/gateway/edge/public_certificate.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "net/tls/authority.hpp"

namespace loquat::gateway {
namespace {

const LogContext here{.service = "gateway"};

std::vector<std::string> names_of(const TlsConfig& files) {
    return files.certificate_file.empty() ? std::vector<std::string>{}
                                          : std::vector{files.certificate_file, files.key_file};
}

}  // namespace

PublicCertificate::PublicCertificate(const GatewayConfig& config,
                                     const std::function<Context()>& make, const Clock& clock)
    : files_(config.tls),
      offer_(config.http2 ? net::tls::ServerContext::Offer::http2
                          : net::tls::ServerContext::Offer::http1),
      clock_(clock),
      watched_(names_of(files_)),
      context_(make()),
      is_there_(context_ != nullptr) {
    if (!files_.certificate_file.empty()) {
        const auto pair = net::tls::read_key_pair(files_.certificate_file, files_.key_file);
        until_ = net::tls::read_facts(pair.certificates).validity.until;
    }
}

PublicCertificate::Context PublicCertificate::context() const {
    const std::lock_guard lock{mutex_};
    return context_;
}

std::chrono::seconds PublicCertificate::time_left() const {
    const std::lock_guard lock{mutex_};
    return until_ == Time{}
               ? std::chrono::seconds{0}
               : std::chrono::duration_cast<std::chrono::seconds>(until_ - clock_.now());
}

void PublicCertificate::look() {
    if (!files_.certificate_file.empty() && watched_.have_changed()) {
        take(runtime::WatchedFiles::Word::early);
    }
}

void PublicCertificate::reload() {
    if (!files_.certificate_file.empty()) {
        take(runtime::WatchedFiles::Word::last);
    }
}

void PublicCertificate::take(runtime::WatchedFiles::Word word) {
    using Verdict = runtime::WatchedFiles::Verdict;
    const auto outcome = watched_.take(word, [this] { load(); });
    if (outcome.verdict == Verdict::taken) {
        const std::lock_guard lock{mutex_};
        log_info(here, "the certificate is taken from new files",
                 {{"certificate", files_.certificate_file}, {"until", to_rfc3339(until_)}});
    } else if (outcome.verdict == Verdict::refused) {
        log_error(here, "the certificate stays as it is: the new files are of no use",
                  {{"certificate", files_.certificate_file},
                   {"code", outcome.why->code},
                   {"problem", outcome.why->message},
                   {"detail", outcome.why->detail}});
    }
}

// At a start one that has ended is better than no port; later the one before it may be.
void PublicCertificate::load() {
    const net::tls::KeyPair pair =
        net::tls::read_key_pair(files_.certificate_file, files_.key_file);
    Context fresh = net::tls::ServerContext::make(pair, offer_);
    const net::tls::Validity validity = net::tls::read_facts(pair.certificates).validity;
    const Time now = clock_.now();
    if (now >= validity.until) {
        throw Failure{Kind::invalid, "tls.certificate_expired",
                      "The certificate " + files_.certificate_file + " ended at " +
                          to_rfc3339(validity.until) + "."};
    }
    if (now < validity.from) {
        throw Failure{Kind::invalid, "tls.certificate_not_yet_valid",
                      "The certificate " + files_.certificate_file + " begins at " +
                          to_rfc3339(validity.from) + "; it is " + to_rfc3339(now) + " here."};
    }
    const std::lock_guard lock{mutex_};
    context_ = std::move(fresh);
    until_ = validity.until;
}

}  // namespace loquat::gateway
