#!/usr/bin/perl
# ELIZA by TCP: perl eliza.pl PORT
use strict;
use warnings;
use IO::Handle;
use IO::Socket::INET;
use POSIX ':sys_wait_h';

my %turn = (i => 'you', am => 'are', my => 'your', me => 'you', mine => 'yours', you => 'I', your => 'my', are => 'am', was => 'were');

sub turned { join ' ', map { $turn{lc $_} // $_ } split ' ', shift }

sub answer {
    my $line = shift;
    $line =~ s/[\s.!?]+$//;
    return 'What makes you say that you are ' . turned($1) . '?' if $line =~ /\b[Ii](?: am|'m) (.+)/;
    return 'Do you often think that I am ' . turned($1) . '?' if $line =~ /\b[Yy]ou are (.+)/;
    return 'Tell me about your mother.' if $line =~ /\bmother\b/;
    return 'Tell me about your father.' if $line =~ /\bfather\b/;
    return 'What was in your dream, and who?' if $line =~ /\bdream/;
    return 'Why do you need ' . turned($1) . '?' if $line =~ /\b[Ii] need (.+)/;
    my @any = ('Please go on.', 'Why is that so?', 'How do you feel about it?');
    return $any[rand @any];
}

my $port = shift or die "usage: eliza.pl PORT\n";
my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 20, ReuseAddr => 1, Proto => 'tcp') or die "port $port: $!\n";
my %child;
$SIG{CHLD} = sub {
    local ($!, $?);
    while ((my $pid = waitpid(-1, WNOHANG)) > 0) { delete $child{$pid} }
};
$SIG{INT} = $SIG{TERM} = sub { kill 'TERM', keys %child if %child; exit 0 };
$SIG{PIPE} = 'IGNORE';
while (1) {
    my $client = $server->accept or next;
    my $pid = fork;
    if (defined $pid && $pid == 0) {
        $SIG{$_} = 'DEFAULT' for qw(INT TERM CHLD);
        close $server;
        binmode $client;
        $client->autoflush(1);
        print $client "Hello. Tell me what worries you.\n";
        while (my $line = <$client>) {
            if ($line =~ /^\s*(good)?bye\W*$/i) {
                print $client "Good bye. I hope that I could help.\n";
                last;
            }
            print $client answer($line), "\n";
        }
        close $client;
        exit 0;
    }
    $child{$pid} = 1 if $pid;
    close $client;
}
