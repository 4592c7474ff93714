# Variants of the attention: each trains, evaluates, answers and shows its weights; a stopped run goes on; a model opens
# without what made it.
. "$(dirname "$0")/lib.sh"
make_graph g
make_graph other

for options in "--selection top-k --select-k 2" "--selection sampled --select-k 3" \
    "--selection gumbel --select-k 2 --select-temperature 0.5" "--attn-query learned --attention mlp" \
    "--reach hops --reach-hops 3 --reach-edges 4" "--reach sampled" "--reach global --attn-heads 4" \
    "--positions random-walk --position-dim 4" "--recurrent-depth 2 --layers 2"; do
    # shellcheck disable=SC2086
    train_small g m --threads 1 $options
    # shellcheck disable=SC2086
    train_small g m2 --threads 3 $options
    cmp -s m m2 || fail "the number of threads matters: $options"
    expect 0 "$gatkit" evaluate m --data g --json
    json '0 < j["both"]["realistic"]["mrr"] <= 1'
    expect 0 "$gatkit" evaluate m --data g --graph other --json
    expect 0 "$gatkit" neighbors m e1 --by attention --json
    json 'j["neighbors"] and any(n["weight"] > 0 for n in j["neighbors"]) and sum(n["weight"] for n in j["neighbors"]) < 1.0001'
    case $options in
    *top-k* | *gumbel*) json 'any(n["weight"] == 0 for n in j["neighbors"])' ;;
    esac
    expect 0 "$gatkit" neighbors m e1 --by attention --hops 2 --graph other --json
    expect 0 "$gatkit" predict m e1 next '?' --json
    expect 0 "$gatkit" verify m
done

# A stop in the middle leaves no trace.
options="--selection gumbel --reach hops --positions random-walk --position-dim 4"
# shellcheck disable=SC2086
train_small g whole $options
# shellcheck disable=SC2086
expect 130 "$gatkit" train g --output part $small --epochs 4 --json $options --stop-after 2
# shellcheck disable=SC2086
train_small g part $options --resume
cmp -s whole part || fail "a resumed run ends with another model"

# Eigenvectors need igraph to be found, not to be used.
if "$gatkit" train g --output m $small --epochs 2 --positions laplacian --position-dim 4 --json >stdout 2>stderr; then
    expect 0 "$gatkit" evaluate m --data g --json
    expect 0 "$gatkit" predict m e1 next '?' --graph other --json
else
    says stderr GATKIT_IGRAPH
fi

# What does not go together is refused.
expect 2 "$gatkit" train g --output no $small --selection sampled --select-k 1
says stderr select-k
expect 2 "$gatkit" train g --output no $small --reach far
says stderr "local|hops|sampled|global"
expect 2 "$gatkit" train g --output no $small --reach-hops 5
says stderr "from 2 to 4"
[ ! -e no ] || fail "a model of a refused training"
expect 0 "$gatkit" train --help
says stdout "Variants of the attention"
exit 0
