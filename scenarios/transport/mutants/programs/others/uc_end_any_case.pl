#!/usr/bin/perl
# UDP client of the lab: client.pl HOST [PORT]
use strict;
use warnings;
use Socket;

my ($host, $port) = @ARGV;
die "usage: $0 HOST [PORT]\n" unless defined $host;
my $ip = inet_aton($host) or die "$host: unknown host\n";
my $to = sockaddr_in($port || 12800, $ip);
socket(my $s, PF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
$| = 1;
binmode STDIN;
my $answered = 0;
while (defined(my $line = <STDIN>)) {
    chomp $line;
    defined send($s, $line, 0, $to) or print STDERR "send: $!\n";
    my $set = '';
    vec($set, fileno $s, 1) = 1;
    if (select($set, undef, undef, 1.0) && defined recv($s, my $answer, 2048, 0)) {
        $answered++;
        $answer =~ s/([^\x20-\x7e])/sprintf '\\x%02x', ord $1/ge;
        print "$answer\n";
    } else {
        print STDERR "no answer\n";
    }
    last if lc $line eq 'end';
}
exit($answered ? 0 : 1);
