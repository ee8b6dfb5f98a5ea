#!/usr/bin/perl
# client TCP : perl client.pl MACHINE [PORT]
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
my ($host, $port) = @ARGV;
my $s = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port || 12800, Proto => 'tcp');
if (!$s) {
    print "connexion impossible : $!\n";
    exit 1;
}
$SIG{PIPE} = 'IGNORE';
binmode STDIN;
while (my $line = <STDIN>) {
    chomp $line;
    next if $line eq '';
    print $s $line;
    $s->flush;
    my $n = sysread $s, my $answer, 1024;
    if (!$n) {
        print STDERR "le serveur a fermé la connexion\n";
        exit 1;
    }
    $answer =~ s/([^\x20-\x7e])/sprintf '\\x%02x', ord $1/ge;
    print "$answer\n";
    last if $line eq 'end';
}
shutdown $s, 1;
exit 0;
