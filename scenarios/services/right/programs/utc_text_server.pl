# Seconds since 1970, as text, for any datagram: utc_text_server.pl PORT
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes qw(time);

my $server = IO::Socket::INET->new(Proto => 'udp', LocalPort => shift) or die "bind: $@\n";
print "waiting\n";
while (defined(my $peer = $server->recv(my $question, 100))) {
    $server->send(sprintf("%.6f", time), 0, $peer);
}
