/** Programs that look at files, move and remove them (GNU coreutils 9, macOS and BusyBox where they agree). */
export const FILES = `
# find reads its expression apart
program find|gfind
  ok -H : READ*
program ls|dir|vdir
  ok -a -A -b -B -c -C -d -f -F -g -G -h -H -i -I=TEXT -k -l -L -m -n -N -o -p -q -Q -r -R -s -S -t -T=TEXT -u -U -v -w=TEXT -x -X -Z -1 --all --almost-all --author --escape --block-size=TEXT --ignore-backups --color=?TEXT --directory --dired --classify=?TEXT --file-type --format=TEXT --full-time --no-group --group-directories-first --human-readable --si --dereference-command-line --dereference --hide=TEXT --hyperlink=?TEXT --indicator-style=TEXT --inode --ignore=TEXT --kibibytes --literal --hide-control-chars --quote-name --quoting-style=TEXT --reverse --recursive --size --sort=TEXT --time=TEXT --time-style=TEXT --width=TEXT --zero : READ*
program cat|tac|rev|paste
  ok -A -b -d=TEXT -e -E -n -r? -s -t -T -u -v -z --before --delimiters=TEXT --number --number-nonblank --regex? --separator=TEXT --serial --show-all --show-ends --show-nonprinting --show-tabs --squeeze-blank --zero-terminated : READ*
program nl
  ok -b=TEXT -d=TEXT -f=TEXT -h=TEXT -i=TEXT -l=TEXT -n=TEXT -p -s=TEXT -v=TEXT -w=TEXT : READ*
program fold|fmt|expand|unexpand
  ok -b -c -i -s -u -w=TEXT --bytes --crown-margin --initial --spaces --split-only --tabs=TEXT --tagged-paragraph --uniform-spacing --width=TEXT : READ*
program od|hexdump|hd
  ok -A=TEXT -b -c -C -d -e=TEXT -j=TEXT -n=TEXT -N=TEXT -o -s? -S=TEXT -t=TEXT -v -w=?TEXT -x -X --address-radix=TEXT --format=TEXT --output-duplicates --read-bytes=TEXT --skip-bytes=TEXT --strings=?TEXT --width=?TEXT : READ*
program xxd
  ok -a -b -c=TEXT -d -e -E -g=TEXT -i -l=TEXT -n=TEXT -o=TEXT -p -r? -s=TEXT -u : READ WRITE
program strings
  ok -a -f -n=TEXT -NUM -o -s=TEXT -t=TEXT -w --all --bytes=TEXT --include-all-whitespace --output-separator=TEXT --print-file-name --radix=TEXT : READ*
program base32
  ok -d -i -w=TEXT --decode --ignore-garbage --wrap=TEXT : READ
program cksum|sum|b2sum|md5sum|sha1sum|sha224sum|sha256sum|sha384sum|sha512sum
  ok -b -c? -r -s -t -w -z --algorithm=TEXT --binary --check? --ignore-missing --length=TEXT --quiet --status --strict --sysv --tag --text --warn --zero : READ*
program shasum|md5
  ok -a=TEXT -b -c? -q -r -s=TEXT -t -U -0 --algorithm=TEXT --binary --check? --text : READ*
program base64
  ok -d -D -i=TEXT -w=TEXT -b=TEXT -o=WRITE --decode --ignore-garbage --wrap=TEXT --input=READ --output=WRITE : READ
program head|tail
  ok -NUM -c=TEXT -n=TEXT -q -v -z -f -F -s=TEXT -r --bytes=TEXT --lines=TEXT --quiet --silent --verbose --zero-terminated --follow=?TEXT --retry --pid=TEXT --sleep-interval=TEXT --max-unchanged-stats=TEXT : READ*
program wc
  ok -c -m -l -L -w --bytes --chars --lines --max-line-length --words --total=TEXT --files0-from=READ? : READ*
program less|more
  ask : READ*
program stat|readlink|realpath|namei
  ok -L -f -c=TEXT -t -b -i -k -n -q -r -s -z -h -e -m -x -l -p -P --dereference --file-system --format=TEXT --printf=TEXT --terse --cached=TEXT --brief --mime --mime-type --mime-encoding --keep-going --no-buffer --raw --canonicalize --canonicalize-existing --canonicalize-missing --no-newline --quiet --silent --verbose --zero --relative-to=READ --relative-base=READ --strip --no-symlinks --logical --physical : READ*
program file
  ok -b -c -C! -E -f=READ? -F=TEXT -h -i -I -k -l -L -m=READ -n -N -p -P=TEXT -r -s -S -v -z -Z -0 --brief --checking-printout --compile! --dereference --exclude=TEXT --extension --files-from=READ? --keep-going --magic-file=READ --mime --mime-encoding --mime-type --no-buffer --no-dereference --no-pad --print0 --preserve-date --raw --separator=TEXT --special-files --uncompress --version : READ*
program basename|dirname
  ok -a -s=TEXT -z --multiple --suffix=TEXT --zero : TEXT*
program du|df
  ok -a -A -b -B=TEXT -c -d=TEXT -D -h -H -i -I=TEXT -k -l -L -m -n -P -S -s -t=TEXT -T -x -X=READ -0 -C -f -F -p -u -g -N -J --all --apparent-size --block-size=TEXT --bytes --total --max-depth=TEXT --human-readable --si --inodes --local --summarize --threshold=TEXT --time=?TEXT --exclude=TEXT --exclude-from=READ --one-file-system --output=?TEXT --print-type --portability --sync --type=TEXT --exclude-type=TEXT --dirsfirst --gitignore --noreport --filelimit=TEXT --prune --du --matchdirs --null --separate-dirs --files0-from=READ? : READ*
program tree
  ok -a -C -d -D -f -F -g -h -i -I=TEXT -J -l -L=TEXT -n -N -o=WRITE -p -P=TEXT -q -Q -r -s -S -t -u -U -x -X --dirsfirst --du --filelimit=TEXT --filesfirst --gitignore --ignore-case --inodes --matchdirs --noreport --prune --si : READ*
program touch
  ok -a -c -d=TEXT -f -h -m -r=READ -t=TEXT --date=TEXT --no-create --no-dereference --reference=READ --time=TEXT : WRITE*
program mkdir
  ok -m=TEXT -p -v -Z --mode=TEXT --parents --verbose : WRITE*
program rmdir
  ok -p -v --parents --verbose --ignore-fail-on-non-empty : DELETE*
program rm|unlink|shred
  ok -d -f -i -I -r -R -v -u -z -n=TEXT --dir --force --interactive=?TEXT --one-file-system --recursive --verbose --preserve-root=?TEXT --no-preserve-root! --zero --iterations=TEXT : DELETE*
program cp
  ok -a -b -d -f -i -H -l -L -n -p -P -r -R -s -S=TEXT? -t=WRITE^ -T -u -v -x -Z -c --archive --attributes-only --backup=?TEXT --copy-contents --debug --force --interactive --link --dereference --no-clobber --no-dereference --preserve=?TEXT --no-preserve=TEXT --parents --recursive --reflink=?TEXT --remove-destination --sparse=TEXT --strip-trailing-slashes --symbolic-link --suffix=TEXT? --target-directory=WRITE^ --no-target-directory --update=?TEXT --verbose --one-file-system : TREE* WRITE
program mv
  ok -b -f -i -n -S=TEXT? -t=WRITE^ -T -u -v -Z -h --backup=?TEXT --debug --exchange --force --interactive --no-clobber --no-copy --strip-trailing-slashes --suffix=TEXT? --target-directory=WRITE^ --no-target-directory --update=?TEXT --verbose : WRITE* WRITE
program install
  ok -b -c -C -d -D -g=TEXT? -m=TEXT -o=TEXT? -p -s? -S=TEXT? -t=WRITE^ -T -v --compare --directory --mode=TEXT --preserve-timestamps --strip? --strip-program=TEXT! --target-directory=WRITE^ --no-target-directory --verbose : TREE* WRITE
program ln
  ok -b -f -i -L -n -P -r -s -S=TEXT? -t=WRITE^ -T -v -h --backup=?TEXT --force --interactive --logical --no-dereference --physical --relative --symbolic --suffix=TEXT? --target-directory=WRITE^ --no-target-directory --verbose : READ* WRITE
program patch
  ask -b -B=TEXT -c -d=DIR -D=TEXT -e -E -f -F=TEXT -g=TEXT -i=READ -l -n -N -o=WRITE -p=TEXT -r=WRITE -R -s -t -T -u -v -V=TEXT -Y=TEXT -z=TEXT -Z --backup --context --directory=DIR --ed --force --forward --fuzz=TEXT --input=READ --normal --output=WRITE --strip=TEXT --reject-file=WRITE --remove-empty-files --reverse --quiet --silent --unified --verbose --dry-run --binary --no-backup-if-mismatch --posix --follow-symlinks? --merge=?TEXT --quoting-style=TEXT --read-only=TEXT --reject-format=TEXT --version-control=TEXT --prefix=TEXT --basename-prefix=TEXT --suffix=TEXT : WRITE READ
program chmod
  ok -c -f -v -R -h -w -r -x --changes --quiet --silent --verbose --recursive --preserve-root --no-preserve-root! --reference=READ< : TEXT WRITE*
program chown|chgrp|chattr|setfacl|setcap
  ask -c -f -v -R -h -H -L -P --changes --quiet --silent --verbose --recursive --dereference --no-dereference --from=TEXT --preserve-root --no-preserve-root! --reference=READ< : TEXT WRITE*
program truncate
  ok -c -o -r=READ -s=TEXT --no-create --io-blocks --reference=READ --size=TEXT : WRITE*
program mktemp
  ok -d -q -u -p=?WRITE -t --directory --dry-run --quiet --suffix=TEXT --tmpdir=?WRITE : WRITE
program tee
  ok -a -i -p --append --ignore-interrupts --output-error=?TEXT : WRITE*
program dd
  ask if=READ of=WRITE bs=TEXT count=TEXT skip=TEXT seek=TEXT conv=TEXT status=TEXT iflag=TEXT oflag=TEXT ibs=TEXT obs=TEXT cbs=TEXT : TEXT*
program split|csplit
  ok -a=TEXT -b=TEXT -C=TEXT -d -e -l=TEXT -n=TEXT -t=TEXT -u -x --suffix-length=TEXT --additional-suffix=TEXT --bytes=TEXT --line-bytes=TEXT --numeric-suffixes=?TEXT --hex-suffixes=?TEXT --lines=TEXT --number=TEXT --separator=TEXT --elide-empty-files --unbuffered --verbose --filter=SHELL! : READ WRITE
program zip
  ok -r -q -v -9 -0 -1 -2 -3 -4 -5 -6 -7 -8 -j -y -x=TEXT -i=TEXT -u -f -d? -m? -o -l? -D -X -e? -P=TEXT! -T? -TT=TEXT! --unzip-command=TEXT! --recurse-paths --quiet --exclude=TEXT : WRITE TREE*
program unzip
  ok -l -t -v -p -c -q -qq -o -n -u -j -x=TEXT -d=WRITE -Z -1 -z -a : READ TEXT*
program gzip|gunzip|bzip2|bunzip2|xz|unxz|zstd|unzstd|lz4|compress|uncompress
  ok -c -d -f -k -l -n -N? -q -r -t -v -z -1 -2 -3 -4 -5 -6 -7 -8 -9 -T=TEXT -S=TEXT? -o=WRITE --stdout --to-stdout --decompress --uncompress --force --keep --list --quiet --recursive --test --verbose --fast --best --rm --threads=TEXT --ultra --long=?TEXT --suffix=TEXT? : WRITE*
program zcat|bzcat|xzcat|zstdcat|gzcat|zless|zgrep
  ok -f -v -q -c -i -n -l : READ*
`;
