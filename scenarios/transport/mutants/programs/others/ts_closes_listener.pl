#!/usr/bin/perl
# TCP server: accepts a client, talks with it until it says end, then waits for the next one.
use strict;
use warnings;
use Encode qw(decode encode);
use IO::Socket::INET;

my $port = shift || 12800;
$| = 1;
$SIG{PIPE} = 'IGNORE';
$SIG{INT} = $SIG{TERM} = sub { exit 0 };

sub show {
    my $copy = shift;
    my $text = decode('UTF-8', $copy, sub { sprintf '\\x%02x', shift });
    $text =~ s/([^[:print:]])/sprintf '\\x%02x', ord $1/ge;
    return encode('UTF-8', $text);
}

while (1) {
    my $server = IO::Socket::INET->new(LocalPort => $port, Proto => 'tcp', Listen => 5, ReuseAddr => 1)
        or die "cannot listen on port $port: $!\n";
    my $client = $server->accept or next;
    close $server;
    my $peer = $client->peerhost . ':' . $client->peerport;
    while (sysread($client, my $message, 4096)) {
        syswrite($client, 'Message received') or last;
        print 'Received ', show($message), " from $peer\n";
        last if $message eq 'end';
    }
    close $client;
}
