#!/bin/sh
# An installation under DESTDIR is complete, and works wherever it is moved to.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
bad=0
fail()
{
    printf 'FAILED: %s\n' "$1"
    bad=1
}
DESTDIR=$scratch/staged cmake --install "$BUILD_DIR" > log 2>&1 ||
    { cat log; fail 'cmake --install'; exit 1; }
prefix=$(find staged -name collect -path '*/bin/*' -type f | sed 's|/bin/collect$||')
for file in bin/collect-lab share/man/man1/collect.1 share/collect/templates/index \
    share/bash-completion/completions/collect.bash share/zsh/site-functions/_collect \
    share/fish/vendor_completions.d/collect.fish; do
    [ -s "$prefix/$file" ] || fail "$file is not installed"
done
mv staged moved
prefix=moved/${prefix#staged/}
unset COLLECT_TEMPLATES NET_TEXTFSM NTC_TEMPLATES_DIR
HOME=/nonexistent "$prefix/bin/collect" parse -t show_version --platform cisco_ios -f csv \
    "$SOURCE_DIR"/fixtures/cisco_ios/show_version/*.txt > out 2> err ||
    fail "parse: $(cat err)"
[ "$(wc -l < out)" -gt 2 ] || fail 'no records'
HOME=/nonexistent "$prefix/bin/collect" templates -f csv | grep -q "moved.*/templates/index" ||
    fail 'the templates are not those of the moved installation'
exit $bad
