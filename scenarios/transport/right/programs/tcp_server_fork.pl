#!/usr/bin/perl -w
# forking server, as in perlipc
use strict;
use Socket;
use POSIX ":sys_wait_h";

my $port = $ARGV[0] || 12800;
my $answer = "Message received";

socket(my $server, PF_INET, SOCK_STREAM, getprotobyname('tcp')) or die "socket: $!";
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, pack("l", 1)) or die "setsockopt: $!";
bind($server, sockaddr_in($port, INADDR_ANY)) or die "bind: $!";
listen($server, SOMAXCONN) or die "listen: $!";

$SIG{CHLD} = sub { local ($!, $?); 1 while waitpid(-1, WNOHANG) > 0 };
$| = 1;
print "server $$ started at ", scalar localtime, "\n";

while (1) {
    my $paddr = accept(my $client, $server);
    unless ($paddr) {
        next if $!{EINTR};
        die "accept: $!";
    }
    my ($cport, $iaddr) = sockaddr_in($paddr);
    my $pid = fork;
    die "fork: $!" unless defined $pid;
    if ($pid) {
        close $client;
        next;
    }
    close $server;
    printf "[%d] connection from %s:%d\n", $$, inet_ntoa($iaddr), $cport;
    my $msg;
    while (defined(recv($client, $msg, 1024, 0)) && length $msg) {
        print "[$$] received: $msg\n";
        send($client, $answer, 0);
        last if $msg eq "end";
    }
    print "[$$] bye\n";
    exit 0;
}
