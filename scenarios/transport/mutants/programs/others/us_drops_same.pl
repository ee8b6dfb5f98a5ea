#!/usr/bin/perl
# serveur UDP
use strict;
use warnings;
use Encode qw(decode encode);
use Socket;

my $port = shift || 12800;
$| = 1;
$SIG{INT} = $SIG{TERM} = sub { exit 0 };
socket(my $s, PF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
bind($s, sockaddr_in($port, INADDR_ANY)) or die "bind: $!\n";
my $last;
while (1) {
    my $from = recv($s, my $data, 50, 0);
    next unless $from;
    # the network may deliver a datagram twice
    next if defined $last && $data eq $last;
    $last = $data;
    send($s, 'Message received', 0, $from);
    my ($p, $addr) = sockaddr_in($from);
    my $copy = $data;
    my $text = decode('UTF-8', $copy, sub { sprintf '\\x%02x', shift });
    $text =~ s/([^[:print:]])/sprintf '\\x%02x', ord $1/ge;
    print inet_ntoa($addr), ":$p ", encode('UTF-8', $text), "\n";
}
