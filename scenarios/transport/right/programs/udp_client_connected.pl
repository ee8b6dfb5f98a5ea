#!/usr/bin/perl
# UDP client with a connected socket, as IO::Socket::INET makes them when PeerAddr is given
use strict;
use warnings;
use IO::Socket::INET;
use IO::Select;

my ($host, $port) = @ARGV;
my $s = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Proto => 'udp') or die "socket: $@\n";
my $sel = IO::Select->new($s);
$| = 1;
while (1) {
    print "> ";
    my $line = <STDIN>;
    last unless defined $line;
    chomp $line;
    my $ok = defined $s->send($line);
    if ($ok && $sel->can_read(1)) {
        my $answer;
        if (defined $s->recv($answer, 1024)) {
            print "server: $answer\n";
        } else {
            $ok = 0;
        }
    } elsif ($ok) {
        print STDERR "no answer\n";
    }
    if (!$ok) {
        print STDERR "$!\n";
        exit 1;
    }
    last if $line eq 'end';
}
