#include "platform/http/http_private.h"

static bool is_within(const struct exchange *x, const struct budget *budget, enum holding holding, int64_t bytes) {
    if (budget->held + bytes > budget->limit) return false;
    return x->payer->trusted || x->payer->held[holding] + bytes <= budget->limit_per_address;
}

bool budget_take(struct exchange *x, enum holding holding, int64_t bytes) {
    struct connections *c = &x->server->connections;
    struct budget *budget = &c->budgets[holding];
    unsigned char address[16] = {0};
    if (!x->payer) address_parse(x->request.remote_address, address);
    pthread_mutex_lock(&c->lock);
    if (!x->payer) x->payer = address_take(x->server, address);
    bool ok = is_within(x, budget, holding, bytes);
    if (ok) {
        budget->held += bytes;
        x->payer->held[holding] += bytes;
        x->held += bytes;
        x->holding = holding;
    }
    pthread_mutex_unlock(&c->lock);
    if (!ok) atomic_fetch_add(&c->bodies_refused, 1);
    return ok;
}

void budget_give(struct exchange *x) {
    struct connections *c = &x->server->connections;
    if (!x->payer) return;
    pthread_mutex_lock(&c->lock);
    c->budgets[x->holding].held -= x->held;
    x->payer->held[x->holding] -= x->held;
    address_give(c, x->payer);
    pthread_mutex_unlock(&c->lock);
    x->payer = NULL;
    x->held = 0;
}
