#pragma once
#include "runtime/telemetry/metrics.hpp"

namespace loquat::auth {

struct AuthMetrics {
    explicit AuthMetrics(runtime::Metrics& metrics)
        : registrations(metrics.counter("loquat_auth_registrations_total", "Accounts created")),
          sign_ins(sign_in(metrics, "accepted")),
          sign_ins_refused(sign_in(metrics, "refused")),
          sign_ins_limited(sign_in(metrics, "limited")),
          refreshes(refresh(metrics, "accepted")),
          refreshes_refused(refresh(metrics, "refused")),
          refreshes_reused(refresh(metrics, "reused")),
          revocations(metrics.counter("loquat_auth_revocations_total",
                                      "Sessions ended before their tokens expired")),
          hash_seconds(metrics.histogram("loquat_auth_hash_seconds",
                                         "Waiting for and computing one password hash")) {}

    runtime::Counter& registrations;
    runtime::Counter& sign_ins;
    runtime::Counter& sign_ins_refused;
    runtime::Counter& sign_ins_limited;
    runtime::Counter& refreshes;
    runtime::Counter& refreshes_refused;
    runtime::Counter& refreshes_reused;
    runtime::Counter& revocations;
    runtime::Histogram& hash_seconds;

  private:
    static runtime::Counter& sign_in(runtime::Metrics& metrics, const char* result) {
        return metrics.counter("loquat_auth_sign_ins_total", "Attempts to sign in by password",
                               {{"result", result}});
    }
    static runtime::Counter& refresh(runtime::Metrics& metrics, const char* result) {
        return metrics.counter("loquat_auth_refreshes_total", "Refresh tokens presented",
                               {{"result", result}});
    }
};

}  // namespace loquat::auth
